package httpapi

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// unroutable answers for a request that no operation takes. The mux would redirect an
// unclean path; here it is none.
func (e *edge) unroutable(w http.ResponseWriter, r *http.Request) (problem, bool) {
	if path.Clean(r.URL.Path) != r.URL.Path {
		return ruleOf(errNoRoute).problem(), true
	}
	allowed := e.allowed(r)
	switch {
	case len(allowed) == 0:
		return ruleOf(errNoRoute).problem(), true
	case !slices.Contains(allowed, r.Method):
		list := strings.Join(allowed, ", ")
		w.Header().Set("Allow", list)
		return told(errNoMethod, "the route takes "+list), true
	}
	if reason := checkQuery(r.URL.RawQuery); reason != "" {
		return told(errInvalid, "query: "+reason), true
	}
	return problem{}, false
}

// methods are those that operations have, and HEAD, which every GET takes.
var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// allowed lists the methods of the route that a path names. Where several do, as
// /entities/duplicates and /entities/{id}, it is the one with the fewest variables, for
// every method: nothing is both a list and an entity.
func (e *edge) allowed(r *http.Request) (allowed []string) {
	asked, fewest := *r, 0
	for _, method := range methods {
		asked.Method = method
		_, pattern := e.mux.Handler(&asked)
		if pattern == "" {
			continue
		}
		variables := strings.Count(pattern, "{")
		if len(allowed) > 0 && variables < fewest {
			allowed = nil
		}
		if len(allowed) == 0 || variables == fewest {
			allowed, fewest = append(allowed, method), variables
		}
	}
	return allowed
}

// checkQuery says what is wrong with a query as a whole, "" for nothing. net/url would
// pass over the parts that it cannot read, and answer as if they were not there.
func checkQuery(raw string) string {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return "must be name=value pairs, percent-encoded and joined by &"
	}
	for name, values := range query {
		for _, text := range append(values, name) {
			if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
				return "must be UTF-8 without NUL"
			}
		}
	}
	return ""
}
