package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/httpapi"
)

// ask sends a request of the owner and reads the answer, which must be told in the one
// body of errors where it is one, and is never a fault of ours.
func (s *stack) ask(t *testing.T, method, target, body string) (int, string) {
	t.Helper()
	w := s.respond(t, method, target, body)
	var told struct{ Error, Code string }
	switch {
	case w.Code >= http.StatusInternalServerError:
		t.Errorf("%s %.120s %.60s: %d %s", method, target, body, w.Code, w.Body)
	case w.Code >= http.StatusBadRequest && method != http.MethodHead:
		if err := json.Unmarshal(w.Body.Bytes(), &told); err != nil || told.Error == "" || told.Code == "" {
			t.Errorf("%s %.120s %.60s: %d %s", method, target, body, w.Code, w.Body)
		}
	}
	return w.Code, told.Code
}

func (s *stack) respond(t *testing.T, method, target, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "/", strings.NewReader(body))
	path, query, _ := strings.Cut(target, "?")
	r.URL.RawQuery, r.URL.RawPath = query, path
	var err error
	if r.URL.Path, err = url.PathUnescape(path); err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	token, err := s.token("owner")
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", token)
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

// sourceOf registers a source and gives the path of its route.
func (s *stack) sourceOf(t *testing.T) string {
	t.Helper()
	run(t, s, oneSource)
	return "/acme/shop/import-sources/" + s.getJSON(t, "/acme/shop/import-sources", nil)[""][0]["id"].(string)
}

func routesOf(s *stack) []httpapi.Route {
	var routes []httpapi.Route
	for _, group := range groupsOf(s.deps) {
		routes = append(routes, group.Routes()...)
	}
	return routes
}

var variable = regexp.MustCompile(`{(\w+)}`)

// TestNoNameInAPathIsOurFault puts names that nothing can have into each place of each
// path.
func TestNoNameInAPathIsOurFault(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	source := s.sourceOf(t)
	for _, route := range routesOf(s) {
		for _, at := range variable.FindAllString(route.Path, -1) {
			for _, name := range []string{strings.Repeat("x", 2500), strings.Repeat("%F0%9F%98%80", 800), "%00", "%ff", "a%2Fb", "%0A", "%25"} {
				known := strings.NewReplacer(at, name, "{o}", "acme", "{p}", "shop", "{env}", "default", "{id}", strings.TrimPrefix(source, "/acme/shop/import-sources/"))
				target := variable.ReplaceAllString(known.Replace(route.Path), "x")
				body := ""
				if route.Method == http.MethodPost || route.Method == http.MethodPut || route.Method == http.MethodPatch {
					body = `{"name": "x", "envName": "default", "decision": "reject", "ids": ["x"], "states": ["a"], "initialState": "a", "sourceKind": "tf-state", "sourceUri": "s3://estate/acme/x.tfstate"}`
				}
				s.ask(t, route.Method, target, body)
			}
		}
	}
}

func TestNoQueryIsOurFault(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	source := s.sourceOf(t)
	lists := []string{"/acme/shop/import-sources", source + "/scans", source + "/drift", source + "/drift-proposals", "/acme/shop/environments",
		"/acme/shop/entity-types", "/acme/shop/envs/default/entities", "/acme/shop/envs/default/entities/duplicates", "/acme/shop/envs/default/deployment-drift"}
	for _, path := range lists {
		for query, want := range map[string]string{
			"cursor=%zz": "invalid_request", "cursor=x&%zz": "invalid_request", "limit=1;cursor=x": "invalid_request",
			"cursor=%ff": "invalid_request", "x%ff=1": "invalid_request", "cursor=%00": "invalid_request", "x=1": "invalid_request",
			"limit=1&limit=2": "invalid_request", "cursor=a&cursor=b": "invalid_request", "limit=0": "invalid_request",
			"limit=99999999999999999999": "invalid_request", "cursor=" + strings.Repeat("x", 9000): "invalid_request",
			"cursor=AAAA": "bad_cursor", "cursor=" + strings.Repeat("A", 2500): "bad_cursor", "cursor=!": "bad_cursor",
		} {
			if status, code := s.ask(t, "GET", path+"?"+query, ""); status != http.StatusBadRequest || code != want {
				t.Errorf("GET %s?%.40s: %d %s, want 400 %s", path, query, status, code, want)
			}
		}
	}
	long, wide := strings.Repeat("x", 2500), strings.Repeat("%F0%9F%98%80", 800)
	for target, want := range map[string]int{
		"/acme/shop/envs/default/entities?entityType=" + long:                            400,
		"/acme/shop/envs/default/entities?name=" + long:                                  400,
		"/acme/shop/envs/default/entities?name=" + wide:                                  200,
		"/acme/shop/envs/default/entities?driftStatus=missing&entityType=x&name=" + wide: 200,
		source + "/drift?entityType=" + long:                                             400,
	} {
		if status, _ := s.ask(t, "GET", target, ""); status != want {
			t.Errorf("GET %.80s: %d, want %d", target, status, want)
		}
	}
}

// TestNoValueInABodyIsOurFault puts each wrong value into each field of each body.
func TestNoValueInABodyIsOurFault(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	source := s.sourceOf(t)
	deep := strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000)
	values := []string{`null`, `{}`, `[]`, `[{}]`, `[[]]`, `[null]`, `{"a":null}`, `{"a":[null,{}]}`, `""`, `0`, `-1`, `1e400`, `1e-400`, `123456789012345678901234567890`,
		`true`, `"\u0000"`, `"\ud800"`, "\"\xff\"", `"` + strings.Repeat("x", 3000) + `"`, `{"a":1,"a":2}`, deep, strings.Repeat("[", 20000)}
	type request struct{ method, path, body string }
	for _, r := range []request{
		{"POST", "/acme/shop/environments", `name`},
		{"POST", "/acme/shop/import-sources", `envName sourceKind sourceUri reconciliationPolicy scope prune compareLiterally schedule atmos configPath profile`},
		{"PATCH", source, `reconciliationPolicy scope prune compareLiterally schedule atmos configPath profile`},
		{"POST", source + "/rescan", `envName items deletions dryRun force`},
		{"POST", source + "/drift-proposals/decide", `decision ids filter`},
		{"POST", "/acme/shop/entity-types", `name displayName states initialState properties metrics constraints syncTracked syncFreshness applier`},
	} {
		right := map[string]string{"name": `"a"`, "envName": `"default"`, "sourceKind": `"atmos-manifests"`, "sourceUri": `"s3://estate/acme/x/"`,
			"decision": `"reject"`, "ids": `["x"]`, "states": `["a"]`, "initialState": `"a"`, "items": `[]`, "dryRun": `true`}
		fields := strings.Fields(r.body)
		for _, field := range fields {
			for _, value := range values {
				var members []string
				for _, other := range fields {
					if other == field {
						members = append(members, `"`+other+`":`+value)
					} else if right[other] != "" {
						members = append(members, `"`+other+`":`+right[other])
					}
				}
				s.ask(t, r.method, r.path, "{"+strings.Join(members, ",")+"}")
			}
		}
		for _, whole := range append(values, `{`, `tru`, ` `, `{} {}`) {
			s.ask(t, r.method, r.path, whole)
		}
	}
}

// TestNullTakesAtmosBack holds null against {}: both take back what was pasted.
func TestNullTakesAtmosBack(t *testing.T) {
	t.Parallel()
	run(t, newStack(t), `
as owner
POST /acme/shop/environments
{"name": "default"}

POST /acme/shop/import-sources
{"envName": "default", "sourceKind": "atmos-manifests", "sourceUri": "s3://estate/acme/stacks/", "atmos": {"base_path": "x"}}

status 201
$.atmos.base_path = "x"
save id $.id

PATCH /acme/shop/import-sources/${id}
{"atmos": null}

status 200
$.atmos = null

POST /acme/shop/import-sources
{"envName": "default", "sourceKind": "tf-state", "sourceUri": "s3://estate/acme/a.tfstate", "atmos": null}

status 201
$.atmos = null
`)
}

// TestSettingsThatNobodyCouldReadAreRefused nests an object deeper than most readers of
// JSON go: the list of sources would end them.
func TestSettingsThatNobodyCouldReadAreRefused(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	s.must(t, "POST", "/acme/shop/environments", `{"name":"default"}`)
	for depth, want := range map[int]int{100: 201, 101: 400, 9000: 400} {
		body := fmt.Sprintf(`{"envName":"default","sourceKind":"atmos-manifests","sourceUri":"s3://estate/acme/%d/","atmos":%s%s}`,
			depth, strings.Repeat(`{"a":`, depth-1)+"{}", strings.Repeat("}", depth-1))
		if status, code := s.ask(t, "POST", "/acme/shop/import-sources", body); status != want {
			t.Errorf("%d deep: %d %s, want %d", depth, status, code, want)
		}
	}
}

// TestAllowListsWhatIsAllowed asks each path for each method.
func TestAllowListsWhatIsAllowed(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	taken := map[string][]string{}
	for _, route := range routesOf(s) {
		taken[route.Path] = append(taken[route.Path], route.Method)
		if route.Method == http.MethodGet {
			taken[route.Path] = append(taken[route.Path], http.MethodHead)
		}
	}
	for path, want := range taken {
		target := variable.ReplaceAllString(strings.Replace(path, "{o}", "acme", 1), "x")
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "FOO", "get"} {
			w := s.respond(t, method, target, "")
			refused := w.Code == http.StatusMethodNotAllowed
			if refused == slices.Contains(want, method) {
				t.Errorf("%s %s: %d, but it takes %v", method, path, w.Code, want)
			}
			if !refused {
				continue
			}
			got := strings.Split(w.Header().Get("Allow"), ", ")
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s %s: Allow %v, want %v", method, path, got, want)
			}
		}
	}
}
