package httpapi

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"plumbline/internal/auth"
	"plumbline/internal/table"
)

// operation declares one route.
type operation struct {
	id, method, path string
	summary, details string
	// needs is the permission that a caller must have.
	needs auth.Permission
	// status is that of success, also another one with the same body; 0: 200.
	status, also int
	// arrays are JSON Pointers to members of the body that are handed on as they came,
	// each a [rawArray].
	arrays []string
	// answers describe those that are no value to be marshalled, by status.
	answers map[string]*huma.Response
	// errs are the errors of the table that it may answer with, beside those of
	// every operation.
	errs []error
}

// everywhere are the errors that every operation may answer with.
var everywhere = []error{auth.ErrUnauthenticated, auth.ErrUnavailable, errDenied, errNotFound, errInvalid, errOrganisation,
	errInternal, table.ErrBusy, table.ErrFull}

// withBody are those of operations that take a body.
var withBody = []error{errTooLarge, errMediaType, errBodyTimeout, errBrokenBody}

// serve declares an operation and its handler.
func serve[I, O any](m *mount, op operation, handler func(context.Context, *I) (*O, error)) {
	m.routes = append(m.routes, Route{ID: op.id, Method: op.method, Path: op.path, Needs: op.needs})
	register := func(api huma.API) {
		declared := m.declare(api, op)
		huma.Register(api, declared, handler)
		if op.also != 0 {
			success := *declared.Responses[strconv.Itoa(max(op.status, http.StatusOK))]
			success.Description = http.StatusText(op.also)
			declared.Responses[strconv.Itoa(op.also)] = &success
		}
	}
	if m.described != nil {
		register(m.described)
		return
	}
	m.mux.HandleFunc(op.method+" "+op.path, onFirst(register, op.arrays))
}

// onFirst registers an operation with its first request, by itself: a function that
// starts for one request need not wait for the schemas of the others.
func onFirst(register func(huma.API), arrays []string) http.HandlerFunc {
	handler := sync.OnceValue(func() http.HandlerFunc {
		var only slot
		register(humago.New(&only, config(arrays...)))
		return only.handler
	})
	return func(w http.ResponseWriter, r *http.Request) { handler()(w, r) }
}

// slot is a mux of one operation. The mux before it has matched the path already, and
// its values are in the request.
type slot struct{ handler http.HandlerFunc }

func (s *slot) HandleFunc(_ string, handler func(http.ResponseWriter, *http.Request)) {
	s.handler = handler
}

func (s *slot) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler(w, r) }

// declare is the operation as huma takes it.
func (m *mount) declare(api huma.API, op operation) huma.Operation {
	return huma.Operation{
		OperationID: op.id, Method: op.method, Path: op.path, Summary: op.summary,
		Description:   strings.TrimSpace(op.details + "\n\nNeeds `" + string(op.needs) + "`."),
		DefaultStatus: op.status, MaxBodyBytes: maxBody,
		// huma's deadline would stand when the handler runs, and end the connection of
		// one that takes its time: upload.go sets one and takes it back.
		BodyReadTimeout: -1,
		Tags:            []string{tagOf(op.path)},
		Security:        []map[string][]string{{bearer: {}}},
		Metadata:        map[string]any{dialectKey: m.dialect},
		Middlewares:     huma.Middlewares{m.authorise(api, op.needs), once(api)},
		Responses:       m.responses(api, op),
	}
}

// responses describes the operation's own answers, and those to errors: by status, with
// the codes of each.
func (m *mount) responses(api huma.API, op operation) map[string]*huma.Response {
	errs := slices.Concat(everywhere, op.errs)
	if op.method != http.MethodGet && op.method != http.MethodDelete {
		errs = slices.Concat(errs, withBody)
	}
	byStatus := map[int][]string{}
	for _, err := range errs {
		rule := ruleOf(err)
		byStatus[rule.status] = append(byStatus[rule.status], "`"+rule.code+"`")
	}
	schema := api.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(m.dialect.fail(problem{})), true, "Error")
	responses := map[string]*huma.Response{}
	for status, answer := range op.answers {
		copied := *answer // huma adds to it
		responses[status] = &copied
	}
	for status, codes := range byStatus {
		slices.Sort(codes)
		responses[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status) + ": " + strings.Join(slices.Compact(codes), ", "),
			Content:     map[string]*huma.MediaType{jsonType: {Schema: schema}},
		}
	}
	return responses
}

// tagOf groups operations by the first fixed part of their path.
func tagOf(path string) string {
	for part := range strings.SplitSeq(strings.TrimPrefix(path, "/{o}/{p}/"), "/") {
		if part == "envs" || strings.HasPrefix(part, "{") {
			continue
		}
		return part
	}
	return ""
}
