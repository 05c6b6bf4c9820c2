package httpapi

import (
	"embed"
	"net/http"
	"strings"
	"sync"
)

//go:embed docs/index.html docs/docs.css docs/docs.js
var assets embed.FS

// Docs is the group that describes others: OpenAPI 3.1 at /openapi.json and
// /openapi.yaml, made from the types of their operations, and a page at /docs that shows
// it and sends requests, to which / leads. It needs no token and loads nothing from
// elsewhere.
func Docs(groups ...Group) Group {
	described := sync.OnceValues(func() (description, error) { return describe(groups) })
	return Group{Name: "docs", dialect: importSources, mount: func(m *mount) {
		m.plain("get-root", "/{$}", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", baseOf(r)+"/docs")
			w.WriteHeader(http.StatusFound)
		})
		m.plain("get-openapi", "/openapi.json", descriptionAs("application/openapi+json", described, description.asJSON))
		m.plain("get-openapi-yaml", "/openapi.yaml", descriptionAs("application/openapi+yaml", described, description.asYAML))
		m.plain("get-docs", "/docs", asset("index.html", "text/html"))
		m.plain("get-docs-style", "/docs/docs.css", asset("docs.css", "text/css"))
		m.plain("get-docs-script", "/docs/docs.js", asset("docs.js", "text/javascript"))
	}}
}

// plain serves a route without token and outside of the description.
func (m *mount) plain(id, path string, handler http.HandlerFunc) {
	m.routes = append(m.routes, Route{ID: id, Method: http.MethodGet, Path: strings.TrimSuffix(path, "{$}")})
	m.mux.HandleFunc(http.MethodGet+" "+path, handler)
}

// asset serves a file of the page, of a type that is not looked up: that would read the
// machine's own table of types. Its policy lets it load and ask its own origin only.
func asset(name, contentType string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := assets.ReadFile("docs/" + name)
		if err != nil {
			panic(err)
		}
		w.Header().Set("Content-Type", contentType+"; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(body)
	}
}
