package httpapi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// pushed registers a source and pushes so many entities of a type to it.
func (s *stack) pushed(t *testing.T, uri, entityType string, from, entities int) (push func()) {
	t.Helper()
	s.must(t, "POST", "/acme/shop/import-sources", fmt.Sprintf(`{"envName":"default","sourceKind":"tf-state","sourceUri":%q}`, uri))
	list := s.getJSON(t, "/acme/shop/import-sources", nil)[""]
	route := "/acme/shop/import-sources/" + list[len(list)-1]["id"].(string) + "/rescan"
	var items []string
	for i := range entities {
		items = append(items, fmt.Sprintf(`{"kind":"Entity","entityType":%q,"name":"n%05d"}`, entityType, from+i))
	}
	body := `{"envName":"default","items":[` + strings.Join(items, ",") + `]}`
	return func() { s.must(t, "POST", route, body) }
}

func (s *stack) must(t *testing.T, method, path, body string) {
	t.Helper()
	if w := s.respond(t, method, path, body); w.Code >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
}

// TestAPageOfWhatIsRareIsNotLookedForEverywhere has more entities than one call looks
// at, of which none, then few, then all are stale.
func TestAPageOfWhatIsRareIsNotLookedForEverywhere(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	s.must(t, "POST", "/acme/shop/environments", `{"name":"default"}`)
	many, few := s.pushed(t, "many", "server", 0, 6000), s.pushed(t, "few", "queue", 0, 7)
	many()
	few()
	const entities = "/acme/shop/envs/default/entities?driftStatus=stale"
	whole := func(path string) (names []string) {
		t.Helper()
		var next string
		list := s.getJSON(t, path, map[string][]string{"limit": {"1000"}}, &next)["entities"]
		if next != "" {
			t.Errorf("%s: %d entities on the first page, and a next one", path, len(list))
		}
		for _, e := range list {
			names = append(names, e["name"].(string))
		}
		return names
	}
	if names := whole(entities); len(names) > 0 {
		t.Errorf("none are stale, but %v", names)
	}
	s.clock.Advance(25 * time.Hour)
	many()
	seven := []string{"n00000", "n00001", "n00002", "n00003", "n00004", "n00005", "n00006"}
	for path, want := range map[string][]string{
		entities:                                   seven,
		entities + "&name=n0000":                   seven,
		entities + "&name=n00003":                  seven[3:4],
		entities + "&entityType=queue":             seven,
		entities + "&entityType=queue&name=n00003": seven[3:4],
		entities + "&entityType=server":            nil,
	} {
		if diff := cmp.Diff(want, whole(path)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
		for _, limit := range []int{1, 3} {
			if got := s.walk(t, path, "entities", limit); len(got) != len(want) {
				t.Errorf("%s by %d: %d entities, want %d", path, limit, len(got), len(want))
			}
		}
	}
	s.clock.Advance(25 * time.Hour)
	if got := s.walk(t, entities, "entities", 1000); len(got) != 6007 {
		t.Errorf("all are stale: %d entities, want 6007", len(got))
	}
}

// TestAFilterOfNamesReadsOn asks lists for what stands behind more entries than one call
// looks at.
func TestAFilterOfNamesReadsOn(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	s.must(t, "POST", "/acme/shop/environments", `{"name":"default"}`)
	s.pushed(t, "many", "server", 0, 6000)()
	source := "/acme/shop/import-sources/" + s.getJSON(t, "/acme/shop/import-sources", nil)[""][0]["id"].(string)
	scan := s.getJSON(t, source+"/scans", nil)["scans"][0]["id"].(string)
	for path, member := range map[string]string{
		"/acme/shop/envs/default/entities?driftStatus=current&entityType=server&name=n0599": "entities",
		source + "/drift?entityType=queue":                                                  "entities",
		source + "/drift?status=stale":                                                      "entities",
		source + "/scans/" + scan + "/changes?change=removed":                               "changes",
	} {
		want := 0
		if strings.Contains(path, "n0599") {
			want = 10
		}
		var next string
		if list := s.getJSON(t, path, nil, &next)[member]; len(list) != want || next != "" {
			t.Errorf("%s: %d entries, want %d, next page %q", path, len(list), want, next)
		}
	}
}
