// Package httpapi is Plumbline's HTTP API: operations in groups over huma, each of
// which can be mounted alone, one function a group, or with others.
//
// Its one invariant: no answer holds a secret or its digest, and every error, from
// the router's 404 to a panic's 500, has the body of its dialect with a stable code.
//
//	request -> edge (id, panics, 404, 405) -> token -> organisation -> permission
//	        -> huma (body, parameters) -> handler: convert, one use case, convert
//	errors  -> the table in errors.go -> the dialect's body
//
// Start at [New] and import_sources.go; problems.go and errors.go say how errors are
// told, value.go how values are.
package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"plumbline/internal/auth"
	"plumbline/internal/drift"
	"plumbline/internal/registry"
	"plumbline/internal/report"
	"plumbline/internal/review"
	"plumbline/internal/scan"
)

// Config is what every group needs beside its use cases.
type Config struct {
	// Verify turns the value of an Authorization header into a principal; its errors
	// are those of package auth.
	Verify func(ctx context.Context, header string) (auth.Principal, error)
	// Log takes what no client is told.
	Log *slog.Logger
	// Pace is how fast bodies must come; zero: [DefaultPace].
	Pace Pace
}

// Deps are the use cases behind the groups. A group that is mounted only to be
// described needs none.
type Deps struct {
	Registry *registry.Registry
	Report   *report.Reporter
	// Rescan is [scan.Scanner.Run], Decide [review.Reviewer.Decide].
	Rescan func(context.Context, scan.Request) (drift.Scan, error)
	Decide func(context.Context, review.Decision) (drift.Proposal, error)
	Now    func() time.Time
	// Cursors seals the cursors of every list.
	Cursors Cursors
	// Answers keeps what is too big to be answered at once; nil where nothing is.
	Answers Answers
}

// Group is a set of operations that can be mounted alone: one function serves one.
type Group struct {
	// Name is short and stable: "import-sources".
	Name    string
	dialect dialect
	mount   func(*mount)
}

// New serves groups. A path that none of them has is 404 in the first one's dialect.
// It panics when two groups claim one route. An operation's schemas are made with its
// first request.
func New(c Config, groups ...Group) http.Handler {
	mux := http.NewServeMux()
	for _, group := range groups {
		group.mount(&mount{mux: mux, dialect: group.dialect, verify: c.Verify})
	}
	if c.Pace == (Pace{}) {
		c.Pace = DefaultPace
	}
	return &edge{mux: mux, dialect: groups[0].dialect, log: c.Log, pace: c.Pace}
}

// Route is one operation of a group, for those who deploy it.
type Route struct {
	ID, Method, Path string
	// Needs is the permission that it asks for, "" for none.
	Needs auth.Permission
}

// Routes lists the group's operations in the order of their declaration.
func (g Group) Routes() []Route {
	m := &mount{mux: http.NewServeMux(), dialect: g.dialect}
	g.mount(m)
	return m.routes
}

// mount is a group on its way onto a mux.
type mount struct {
	mux     *http.ServeMux
	dialect dialect
	verify  func(context.Context, string) (auth.Principal, error)
	routes  []Route
	// described takes the operations of a group that is mounted to be described; nil
	// where it is mounted to be served.
	described huma.API
}

// config is huma's: JSON only, nothing served beside the operations. The arrays are
// those of a body that are handed on as they came.
func config(arrays ...string) huma.Config {
	installHook()
	c := huma.DefaultConfig(title, version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", "", nil
	c.Formats, c.DefaultFormat = map[string]huma.Format{jsonType: formatOf(arrays)}, jsonType
	c.RejectUnknownQueryParameters = true
	about(c.OpenAPI)
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		bearer: {Type: "http", Scheme: "bearer", BearerFormat: "JWT"},
	}
	return c
}
