package httpapi

import (
	"embed"
	"encoding/json"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

//go:embed docs/index.html docs/docs.css docs/docs.js
var assets embed.FS

// Docs is the group that describes others: OpenAPI 3.1 at /openapi.json, made from the
// types of their operations, and a page at /docs that shows it and sends requests. It
// needs no token and loads nothing from elsewhere.
func Docs(groups ...Group) Group {
	description := sync.OnceValues(func() ([]byte, error) { return describe(groups) })
	return Group{Name: "docs", dialect: importSources, mount: func(m *mount) {
		m.plain("get-openapi", "/openapi.json", func(w http.ResponseWriter, r *http.Request) {
			body, err := description()
			if err != nil {
				panic(err)
			}
			w.Header().Set("Content-Type", "application/openapi+json")
			_, _ = w.Write(body)
		})
		m.plain("get-docs", "/docs", asset("index.html", "text/html"))
		m.plain("get-docs-style", "/docs/docs.css", asset("docs.css", "text/css"))
		m.plain("get-docs-script", "/docs/docs.js", asset("docs.js", "text/javascript"))
	}}
}

// describe mounts groups nowhere and writes down what they have declared.
func describe(groups []Group) ([]byte, error) {
	mux := http.NewServeMux()
	api := humago.New(mux, config())
	for _, group := range groups {
		group.mount(&mount{described: api, mux: mux, dialect: group.dialect})
	}
	return json.Marshal(api.OpenAPI())
}

// plain serves a route without token and outside of the description.
func (m *mount) plain(id, path string, handler http.HandlerFunc) {
	m.routes = append(m.routes, Route{ID: id, Method: http.MethodGet, Path: path})
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
