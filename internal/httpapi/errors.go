package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"plumbline/internal/auth"
	"plumbline/internal/object"
	"plumbline/internal/registry"
	"plumbline/internal/report"
	"plumbline/internal/review"
	"plumbline/internal/scan"
	"plumbline/internal/store"
	"plumbline/internal/table"
)

// What the API itself refuses.
var (
	errDenied       = errors.New("the token lacks the permission that the operation needs")
	errNotFound     = errors.New("not found")
	errNoRoute      = errors.New("no such route")
	errNoMethod     = errors.New("the route does not take this method")
	errOrganisation = errors.New("the organisation's name is reserved or malformed")
	errCursor       = errors.New("cursor: was not made by this list with these filters")
	errTooLarge     = fmt.Errorf("the body is larger than %d bytes", maxBody)
	errMediaType    = errors.New("the body must be application/json")
	errBodyTimeout  = errors.New("the body did not arrive in time")
	errBrokenBody   = errors.New("the body broke off, or its transfer coding is malformed")
	errNotReached   = errors.New("not reached in time: call again")
	// errInvalid, errItems and errInternal are told with more than their own text.
	errInvalid  = errors.New("the request is invalid")
	errItems    = errors.New("the push is invalid")
	errInternal = errors.New("internal error")
)

// rule says how one error is told. The text is the rule's error's own, never that of
// what wraps it: that is for the log.
type rule struct {
	is         error
	status     int
	code       string
	retryAfter int // seconds
}

// rules is the table of errors; the first that fits counts. What fits none is a 500.
var rules = []rule{
	{auth.ErrUnauthenticated, http.StatusUnauthorized, "unauthenticated", 0},
	{auth.ErrUnavailable, http.StatusServiceUnavailable, "issuer_unavailable", 5},
	{errInvalid, http.StatusBadRequest, "invalid_request", 0},
	{errTooLarge, http.StatusRequestEntityTooLarge, "body_too_large", 0},
	{errMediaType, http.StatusUnsupportedMediaType, "unsupported_media_type", 0},
	{errBodyTimeout, http.StatusRequestTimeout, "body_timeout", 0},
	{errBrokenBody, http.StatusBadRequest, "invalid_request", 0},
	{errNoRoute, http.StatusNotFound, "route_not_found", 0},
	{errNoMethod, http.StatusMethodNotAllowed, "method_not_allowed", 0},
	{errInternal, http.StatusInternalServerError, "internal", 0},
	{errDenied, http.StatusForbidden, "permission_denied", 0},
	{errOrganisation, http.StatusBadRequest, "invalid_organisation", 0},
	{errCursor, http.StatusBadRequest, "bad_cursor", 0},
	{store.ErrBadCursor, http.StatusBadRequest, "bad_cursor", 0},

	{registry.ErrUnknownEnvironment, http.StatusBadRequest, "environment_not_found", 0},
	{registry.ErrOtherEnvironment, http.StatusBadRequest, "environment_mismatch", 0},
	{registry.ErrForeignURI, http.StatusForbidden, "uri_not_allowed", 0},
	{registry.ErrKindFixed, http.StatusConflict, "source_kind_fixed", 0},
	{registry.ErrScopeFixed, http.StatusConflict, "scope_fixed", 0},
	{registry.ErrDeleting, http.StatusConflict, "source_deleting", 5},
	{registry.ErrEnvironmentExists, http.StatusConflict, "environment_exists", 0},
	{registry.ErrDefaultEnvironment, http.StatusConflict, "default_environment", 0},
	{registry.ErrNotEmpty, http.StatusConflict, "environment_not_empty", 0},
	{registry.ErrTypeExists, http.StatusConflict, "entity_type_exists", 0},
	{registry.ErrTypeInUse, http.StatusConflict, "entity_type_in_use", 0},
	{registry.ErrDeclared, http.StatusConflict, "entity_declared", 0},

	{errItems, http.StatusBadRequest, "invalid_items", 0},
	{scan.ErrRunning, http.StatusConflict, "scan_running", 5},
	{scan.ErrMoved, http.StatusConflict, "scan_moved", 0},
	{scan.ErrNotHeld, http.StatusConflict, "scan_not_held", 0},
	{scan.ErrPushOnly, http.StatusBadRequest, "push_only", 0},
	{scan.ErrSchemaDenied, http.StatusForbidden, "permission_denied", 0},
	{errNotReached, http.StatusConflict, "not_reached", 0},
	{review.ErrDecided, http.StatusConflict, "proposal_decided", 0},
	{review.ErrStale, http.StatusConflict, "proposal_stale", 0},

	{report.ErrProject, http.StatusNotFound, "project_not_found", 0},
	{report.ErrEnvironment, http.StatusNotFound, "environment_not_found", 0},
	{report.ErrSource, http.StatusNotFound, "source_not_found", 0},
	{report.ErrScan, http.StatusNotFound, "scan_not_found", 0},
	{report.ErrProposal, http.StatusNotFound, "proposal_not_found", 0},
	{report.ErrEntity, http.StatusNotFound, "entity_not_found", 0},
	{report.ErrEntityType, http.StatusNotFound, "entity_type_not_found", 0},
	{report.ErrNotEstate, http.StatusNotFound, "estate_not_found", 0},
	{report.ErrNoEstate, http.StatusNotFound, "estate_not_found", 0},
	{errNotFound, http.StatusNotFound, "not_found", 0},
	{store.ErrNotFound, http.StatusNotFound, "not_found", 0},

	{store.ErrScopeTaken, http.StatusConflict, "scope_taken", 0},
	{store.ErrConflict, http.StatusConflict, "conflict", 1},
	{store.ErrLeaseLost, http.StatusConflict, "scan_running", 5},
	{table.ErrBusy, http.StatusServiceUnavailable, "busy", 2},
	{table.ErrFull, http.StatusInsufficientStorage, "storage_full", 0},
	{object.ErrBusy, http.StatusServiceUnavailable, "busy", 2},
	{context.DeadlineExceeded, http.StatusServiceUnavailable, "timeout", 2},
	{context.Canceled, http.StatusServiceUnavailable, "cancelled", 0},
}

// translate says what an error of a use case is to the client.
func translate(ctx context.Context, err error) problem {
	if refused, ok := errors.AsType[*registry.InvalidError](err); ok {
		return told(errInvalid, refused.Error())
	}
	if refused, ok := errors.AsType[*scan.InvalidError](err); ok {
		return told(errItems, places(refused))
	}
	if taken, ok := errors.AsType[*store.ScopeTakenError](err); ok {
		return told(store.ErrScopeTaken, taken.Error())
	}
	if foreign, ok := errors.AsType[*registry.ForeignError](err); ok {
		return told(registry.ErrForeignURI, foreign.Error())
	}
	for _, rule := range rules {
		if !errors.Is(err, rule.is) {
			continue
		}
		if rule.status >= http.StatusInternalServerError {
			requestOf(ctx).failed(ctx, rule.code, err)
		}
		return rule.problem()
	}
	requestOf(ctx).failed(ctx, "internal", err)
	return told(errInternal, "internal error; request "+requestOf(ctx).id)
}

func (r rule) problem() problem {
	text := r.is.Error()
	if hint := hints[r.is]; hint != "" {
		text += ": " + hint
	}
	return problem{status: r.status, code: r.code, text: text, retryAfter: r.retryAfter}
}

// hints say which call leads on from an error, for those who meet it first.
var hints = map[error]string{
	registry.ErrUnknownEnvironment: "POST /{organisation}/{project}/environments creates it",
	report.ErrProject: "POST /{organisation}/{project}/environments creates it with its first environment, " +
		"POST /{organisation}/{project}/import-sources with the environment `default`",
}

// told is a problem of the table with a text of its own.
func told(what error, text string) problem {
	p := ruleOf(what).problem()
	p.text = text
	return p
}

// ruleOf finds the rule of an error of the table.
func ruleOf(what error) rule {
	for _, rule := range rules {
		if rule.is == what {
			return rule
		}
	}
	panic("httpapi: no rule for: " + what.Error())
}

// places lists what is wrong with a push, by place.
func places(refused *scan.InvalidError) string {
	var faults []error
	for _, p := range refused.Problems {
		faults = append(faults, errors.New(p.String()))
	}
	if len(faults) == 0 {
		return refused.Error()
	}
	return details(faults)
}
