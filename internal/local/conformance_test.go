package local_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestConformance takes bug reports through a running stack. With FIXTURES naming a
// folder of real data it reads those below reports/, without it a case of its own. A
// case is a folder: steps.json says what is done, expected.json what must be so then.
func TestConformance(t *testing.T) {
	t.Parallel()
	root := filepath.Join("testdata", "conformance")
	if folder := os.Getenv("FIXTURES"); folder != "" {
		root = filepath.Join(folder, "reports")
	}
	cases, err := filepath.Glob(filepath.Join(root, "*", "steps.json"))
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases in %s: %v", root, err)
	}
	s := run(t, environ(t.TempDir(), "0"))
	for _, steps := range cases {
		folder := filepath.Dir(steps)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			own := *s
			own.t = t
			newReport(&own, folder).check()
		})
	}
}

// report is one bug report on its way, in a project of its own.
type report struct {
	*stack
	folder, project string
	sources         map[string]string  // ids by name
	registered      map[string]int     // statuses by name
	scans           []reportScan       // one a step
	decided         []int              // the worst status of each step that decides
	recorded        []any              // the vars of a component after each such step
	opened          [][]reportProposal // that are pending after each scan
	described       any
}

// step is one line of steps.json.
type step struct {
	Put, Upload, To, Delete string

	Register             string
	As, Env              string
	SourceKind           string
	ReconciliationPolicy string

	Scan, Items, Approve, Reject, Describe string
}

// reportScan is what is read of a rescan's response.
type reportScan struct {
	Status    string
	Reason    string
	Counts    struct{ Failed int }
	Documents map[string]int
	Failed    []struct{ Name, Place, Reason string }
}

type reportProposal struct {
	ID              string
	ProposedChanges struct {
		Properties []struct {
			Property      string
			Before, After json.RawMessage
			Conflict      []struct{ Value json.RawMessage }
		}
	}
}

func newReport(s *stack, folder string) *report {
	r := &report{stack: s, folder: folder, project: filepath.Base(folder), sources: map[string]string{}, registered: map[string]int{}}
	r.call(http.MethodPost, r.path("/environments"), map[string]string{"name": "default"}, nil)
	return r
}

func (r *report) path(below string) string { return "/acme/" + r.project + below }

func (r *report) sourcePath(name, below string) string {
	return r.path("/import-sources/" + r.sources[name] + below)
}

// check takes the steps, and holds what they led to against what is expected.
func (r *report) check() {
	r.t.Helper()
	var steps []step
	r.load("steps.json", &steps)
	for _, s := range steps {
		r.take(s)
	}
	var want struct {
		Facts          map[string]any
		DescribeStacks any `json:"describe_stacks"`
	}
	r.load("expected.json", &want)
	if want.DescribeStacks != nil {
		if diff := cmp.Diff(want.DescribeStacks, r.described); diff != "" {
			r.t.Errorf("describe-stacks (-want +got):\n%s", diff)
		}
	}
	for name, value := range want.Facts {
		if diff := cmp.Diff(value, r.fact(name)); diff != "" {
			r.t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// load reads a file of the report; numbers keep all their digits.
func (r *report) load(name string, into any) {
	r.t.Helper()
	decode(r.t, r.text(name), into)
}

func decode(t *testing.T, text []byte, into any) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
}

func (r *report) text(name string) []byte {
	r.t.Helper()
	text, err := os.ReadFile(filepath.Join(r.folder, name))
	if err != nil {
		r.t.Fatal(err)
	}
	return text
}

func (r *report) take(s step) {
	r.t.Helper()
	switch {
	case s.Put != "":
		r.object(http.MethodPut, s.To, r.text(s.Put))
	case s.Upload != "":
		r.upload(s.Upload, s.To)
	case s.Delete != "":
		r.object(http.MethodDelete, s.Delete, nil)
	case s.Register != "":
		r.register(s)
	case s.Scan != "":
		r.scan(s)
	case s.Approve != "":
		r.decide(s.Approve, "approve")
	case s.Reject != "":
		r.decide(s.Reject, "reject")
	case s.Describe != "":
		var text json.RawMessage
		r.call(http.MethodGet, r.sourcePath(s.Describe, "/describe-stacks"), nil, &text)
		decode(r.t, text, &r.described)
	default:
		r.t.Fatalf("a step that says nothing: %+v", s)
	}
}

// object sends a request for an object with its key as it stands: the clients of
// storage do not clean it, net/http does.
func (r *report) object(method, uri string, body []byte) {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), method, r.s3, bytes.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	request.URL.Path = "/" + strings.TrimPrefix(uri, "s3://")
	request.URL.RawPath = "/" + strings.ReplaceAll(url.PathEscape(strings.TrimPrefix(uri, "s3://")), "%2F", "/")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode >= 300 {
		r.t.Fatalf("%s %s: %s", method, uri, response.Status)
	}
}

func (r *report) upload(folder, to string) {
	r.t.Helper()
	root := os.DirFS(filepath.Join(r.folder, folder))
	names, err := filepath.Glob(filepath.Join(r.folder, folder, "*"))
	if err != nil || len(names) == 0 {
		r.t.Fatalf("upload %s: %v", folder, err)
	}
	r.walk(root, func(name string, text []byte) { r.object(http.MethodPut, to+name, text) })
}

func (r *report) register(s step) {
	r.t.Helper()
	body := map[string]string{"envName": "default", "sourceKind": "tf-state", "sourceUri": s.Register}
	for name, value := range map[string]string{"envName": s.Env, "sourceKind": s.SourceKind, "reconciliationPolicy": s.ReconciliationPolicy} {
		if value != "" {
			body[name] = value
		}
	}
	if s.Env != "" {
		r.call(http.MethodPost, r.path("/environments"), map[string]string{"name": s.Env}, nil)
	}
	as := s.As
	if as == "" {
		as = "source"
	}
	var made source
	r.registered[as] = r.call(http.MethodPost, r.path("/import-sources"), body, &made)
	r.sources[as] = made.ID
}

func (r *report) scan(s step) {
	r.t.Helper()
	var of source
	r.call(http.MethodGet, r.sourcePath(s.Scan, ""), nil, &of)
	body := map[string]any{"envName": of.EnvName}
	if s.Items != "" {
		body["items"] = json.RawMessage(r.text(s.Items))
	}
	var done struct {
		Scan  reportScan
		Error string
	}
	r.wait("a scan of its own", func() bool { // an upload has a scan of its own under way
		if status := r.call(http.MethodPost, r.sourcePath(s.Scan, "/rescan"), body, &done); status != http.StatusOK {
			r.t.Fatalf("rescan %s: %d %s", s.Scan, status, done.Error)
		}
		return done.Scan.Status != "running"
	})
	r.scans, r.opened = append(r.scans, done.Scan), append(r.opened, r.pending(s.Scan))
}

func (r *report) pending(name string) []reportProposal {
	r.t.Helper()
	var page struct{ Proposals []reportProposal }
	r.call(http.MethodGet, r.sourcePath(name, "/drift-proposals?status=pending&limit=100"), nil, &page)
	return page.Proposals
}

// decide decides each pending proposal of a source.
func (r *report) decide(name, decision string) {
	r.t.Helper()
	worst := 0
	for _, p := range r.pending(name) {
		worst = max(worst, r.call(http.MethodPost, r.sourcePath(name, "/drift-proposals/"+p.ID+"/"+decision), nil, nil))
	}
	r.decided = append(r.decided, worst)
	r.recorded = append(r.recorded, r.property("vars"))
}

// recorded is one entity of the catalogue.
type recorded struct {
	EntityID, EntityType, Name, DriftStatus string

	Properties map[string]any
	Sources    []struct{ Document string }
	History    []struct{ Patch any }
}

// address is the name without its scope.
func (e recorded) address() string {
	_, address, _ := strings.Cut(e.Name, "/"+e.scopeless())
	return e.scopeless() + address
}

// scopeless is the first part of a name that is no scope: a module or a type.
func (e recorded) scopeless() string {
	return regexp.MustCompile(`(module\.|data\.)?[a-z]+_[a-z0-9_]+\.|module\.`).FindString(e.Name)
}

// entities are those of an environment, by type and name.
func (r *report) entities(env string) (all []recorded) {
	r.t.Helper()
	for cursor := ""; ; {
		var page struct {
			Entities   []recorded
			NextCursor string
		}
		r.call(http.MethodGet, r.path("/envs/"+env+"/entities?limit=1000&cursor="+url.QueryEscape(cursor)), nil, &page)
		all = append(all, page.Entities...)
		if cursor = page.NextCursor; cursor == "" {
			return all
		}
	}
}

// managed are the entities of an environment that stand for managed resources.
func (r *report) managed(env string) []recorded {
	return slices.DeleteFunc(r.entities(env), func(e recorded) bool {
		return strings.HasPrefix(e.EntityType, "terraform.") || strings.HasPrefix(e.EntityType, "data.") || strings.HasPrefix(e.EntityType, "atmos.")
	})
}

// detail is an entity with its properties and its history.
func (r *report) detail(e recorded) recorded {
	r.t.Helper()
	var text json.RawMessage
	r.call(http.MethodGet, r.path("/envs/default/entities/"+e.EntityID), nil, &text)
	decode(r.t, text, &e)
	return e
}

func number(n int) any { return json.Number(fmt.Sprint(n)) }
