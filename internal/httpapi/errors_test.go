package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"plumbline/internal/auth"
	"plumbline/internal/drift"
	"plumbline/internal/httpapi/httpscript"
	"plumbline/internal/object"
	"plumbline/internal/reader"
	"plumbline/internal/review"
	"plumbline/internal/scan"
	"plumbline/internal/store"
	"plumbline/internal/table"
)

const oneSource = `
as owner
POST /acme/shop/environments
{"name": "default"}

POST /acme/shop/import-sources
{"envName": "default", "sourceKind": "tf-state", "sourceUri": "s3://estate/acme/a.tfstate", "reconciliationPolicy": "human-approval"}

status 201
save id $.id
`

func run(t *testing.T, s *stack, script string) {
	t.Helper()
	httpscript.Run(t, &txtar.Archive{Comment: []byte(script)}, s.script())
}

func TestErrorsOfARescan(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err        error
		status     int
		code       string
		retryAfter string
	}{
		"another scan is running":          {scan.ErrRunning, 409, "scan_running", "5"},
		"the document moved":               {scan.ErrMoved, 409, "scan_moved", ""},
		"nothing is held":                  {scan.ErrNotHeld, 409, "scan_not_held", ""},
		"the scope is another document's":  {store.ErrScopeTaken, 409, "scope_taken", ""},
		"the lease was lost":               {store.ErrLeaseLost, 409, "scan_running", "5"},
		"somebody was quicker":             {store.ErrConflict, 409, "conflict", "1"},
		"a push is invalid as a whole":     {&scan.InvalidError{Problems: []reader.Problem{{Path: "/3", Offset: 17, Reason: "is no object"}}}, 400, "invalid_items", ""},
		"schema kinds without permission":  {scan.ErrSchemaDenied, 403, "permission_denied", ""},
		"the source went away":             {scan.ErrNotFound, 404, "not_found", ""},
		"the table is busy":                {table.ErrBusy, 503, "busy", "2"},
		"S3 is busy":                       {object.ErrBusy, 503, "busy", "2"},
		"time is up":                       {context.DeadlineExceeded, 503, "timeout", "2"},
		"something that nobody thought of": {errors.New("password=hunter2"), 500, "internal", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStack(t)
			s.deps.Rescan = func(context.Context, scan.Request) (drift.Scan, error) {
				return drift.Scan{}, fmt.Errorf("rescan of something internal: %w", c.err)
			}
			s.serve(t)
			check := "header Retry-After = " + c.retryAfter
			run(t, s, oneSource+fmt.Sprintf(`
POST /acme/shop/import-sources/${id}/rescan
{"envName": "default"}

status %d
$.code = %q
header X-Request-Id ~ ^[0-9a-f-]{36}$
body !~ something internal|hunter2
%s
`, c.status, c.code, check))
			if logged := strings.Contains(s.log.String(), "level=ERROR"); logged != (c.status >= 500) {
				t.Errorf("logged: %v\n%s", logged, s.log)
			}
		})
	}
}

func TestErrorsOfADecision(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	s.deps.Decide = func(context.Context, review.Decision) (drift.Proposal, error) {
		return drift.Proposal{}, review.ErrStale
	}
	s.serve(t)
	httpscript.Run(t, &txtar.Archive{Comment: []byte(oneSource + `
do upload acme/a.tfstate v1
POST /acme/shop/import-sources/${id}/rescan
{"envName": "default"}

do upload acme/a.tfstate v2
POST /acme/shop/import-sources/${id}/rescan
{"envName": "default"}

save proposal $.scan.proposals[0]

POST /acme/shop/import-sources/${id}/drift-proposals/${proposal}/approve

status 409
$.code = "proposal_stale"

POST /acme/shop/import-sources/${id}/drift-proposals/decide
{"decision": "approve", "ids": ["${proposal}"]}

status 200
$.results[0].code = "proposal_stale"
`), Files: []txtar.File{{Name: "v1", Data: state(1, "small")}, {Name: "v2", Data: state(2, "large")}}}, s.script())
}

// state is a tf-state with one instance.
func state(serial int, size string) []byte { return stateOf("l", serial, size, 1) }

func TestARunningScanIsTold(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	var asked scan.Request
	s.deps.Rescan = func(_ context.Context, req scan.Request) (drift.Scan, error) {
		asked = req
		return drift.Scan{Trigger: drift.TriggerAPI, StartedAt: s.clock.Now(), Status: drift.ScanRunning}, nil
	}
	s.serve(t)
	run(t, s, oneSource+`
POST /acme/shop/import-sources/${id}/rescan
{"envName": "default"}

status 200
$.lastScanStatus = "running"
$.lastScannedAt ~ Z$
$.scan.endedAt = null
`)
	if wait := asked.Deadline.Sub(s.clock.Now()).Seconds(); wait != 20 {
		t.Errorf("the scan has %v seconds, want 20", wait)
	}
	if asked.Push != nil || asked.Trigger != drift.TriggerAPI || asked.Actor != "owner@acme" {
		t.Errorf("request: %+v", asked)
	}
}

func TestAPanicIsA500InTheSameShape(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	s.deps.Rescan = func(context.Context, scan.Request) (drift.Scan, error) { panic("secret cause") }
	s.serve(t)
	run(t, s, oneSource+`
POST /acme/shop/import-sources/${id}/rescan
{"envName": "default"}

status 500
$.code = "internal"
header Content-Type = application/json
save request header X-Request-Id (.+)
body ~ ${request}
body !~ secret cause
`)
	if !strings.Contains(s.log.String(), "secret cause") {
		t.Error("the cause is not in the log")
	}
}

func TestAnIssuerThatIsAway(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	s.serveWith(func(context.Context, string) (auth.Principal, error) {
		return auth.Principal{}, fmt.Errorf("keys of https://issuer: %w", auth.ErrUnavailable)
	})
	run(t, s, `
as owner
GET /acme/shop/import-sources

status 503
$.code = "issuer_unavailable"
header Retry-After = 5
`)
}

func TestAGroupAloneServesItsRoutesOnly(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	for _, group := range groupsOf(s.deps) {
		if len(group.Routes()) == 0 {
			t.Errorf("group %s has no routes", group.Name)
		}
		s.serveGroups(group)
		for _, other := range groupsOf(s.deps) {
			for _, route := range other.Routes() {
				r := httptest.NewRequestWithContext(t.Context(), route.Method, strings.NewReplacer("{", "", "}", "").Replace(route.Path), nil)
				w := httptest.NewRecorder()
				s.handler.ServeHTTP(w, r)
				want := http.StatusNotFound
				if other.Name == group.Name {
					want = http.StatusUnauthorized
				}
				if w.Code != want {
					t.Errorf("group %s answers %s %s with %d, want %d", group.Name, route.Method, route.Path, w.Code, want)
				}
				if route.Needs == "" {
					t.Errorf("%s %s needs no permission", route.Method, route.Path)
				}
			}
		}
	}
}
