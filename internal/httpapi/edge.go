package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/google/uuid"

	"plumbline/internal/parallel"
)

// edge is before everything: it gives each request an id, answers for routes that are
// not there, and for handlers that panic.
type edge struct {
	mux     *http.ServeMux
	dialect dialect
	log     *slog.Logger
	pace    Pace
}

func (e *edge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	req := &request{id: uuid.NewString(), log: e.log}
	ctx := context.WithValue(r.Context(), requestKey{}, req)
	answer := &answer{ResponseWriter: w}
	answer.Header().Set("X-Request-Id", req.id)
	defer e.recover(ctx, answer)
	if p, missing := e.unroutable(answer, r); missing {
		e.fail(answer, p)
		return
	}
	r = r.WithContext(ctx)
	joinLists(r.URL)
	if answer.upload = uploadOf(w, r, e.pace); answer.upload != nil {
		r.Body = answer.upload
	}
	e.mux.ServeHTTP(answer, r)
}

// fail writes an error without huma.
func (e *edge) fail(w http.ResponseWriter, p problem) {
	w.Header().Set("Content-Type", jsonType)
	w.WriteHeader(p.status)
	_ = marshal(w, e.dialect.fail(p)) // the client is gone where this fails
}

// recover turns a panic into a 500, as far as nothing was written.
func (e *edge) recover(ctx context.Context, w *answer) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler {
		panic(cause)
	}
	req := requestOf(ctx)
	e.log.ErrorContext(ctx, "panic", "request", req.id, "cause", cause, "stack", string(debug.Stack()))
	if w.begun {
		return
	}
	e.fail(w, told(errInternal, "internal error; request "+req.id))
}

// answer knows whether anything was written, and closes the connection of a body that
// failed.
type answer struct {
	http.ResponseWriter
	upload *upload
	begun  bool
}

func (a *answer) WriteHeader(status int) {
	a.begun = true
	if a.upload.hasFailed() {
		a.Header().Set("Connection", "close")
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(body []byte) (int, error) {
	a.begun = true
	return a.ResponseWriter.Write(body)
}

// Unwrap lets [http.ResponseController] reach the server's own.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// request is what is known of a request from the edge on.
type request struct {
	id  string
	log *slog.Logger
}

type requestKey struct{}

// requestOf gives the request of a context; one of its own for a context that passed
// no edge.
func requestOf(ctx context.Context) *request {
	if req, ok := ctx.Value(requestKey{}).(*request); ok {
		return req
	}
	return &request{log: slog.Default()}
}

func (r *request) failed(ctx context.Context, what string, err error) {
	log := r.log.With("request", r.id, "err", err)
	if trace := parallel.Trace(err); trace != "" {
		log = log.With("stack", trace)
	}
	log.ErrorContext(ctx, what)
}
