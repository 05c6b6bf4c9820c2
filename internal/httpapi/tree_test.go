package httpapi_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// many is an array of so many times the text.
func many(n int, text string) string {
	return "[" + strings.Repeat(text+",", n-1) + text + "]"
}

// TestValuesAreCountedWhileTheyAreRead sends bodies that say nothing at great length.
func TestValuesAreCountedWhileTheyAreRead(t *testing.T) {
	s := newStack(t)
	source := s.sourceOf(t)
	members := make([]string, 500_000)
	for i := range members {
		members[i] = fmt.Sprintf(`"%d":0`, i)
	}
	for name, c := range map[string]struct{ method, path, body string }{
		"items":          {"POST", source + "/rescan", `{"envName":"default","items":` + many(1_900_000, "{}") + `}`},
		"items that are": {"POST", source + "/rescan", `{"envName":"default","items":` + many(1_900_000, "0") + `}`},
		"deletions":      {"POST", source + "/rescan", `{"envName":"default","items":[],"deletions":` + many(1_900_000, "{}") + `}`},
		"unknown fields": {"POST", source + "/rescan", `{` + strings.Join(members, ",") + `}`},
		"an unknown one": {"POST", source + "/rescan", `{"envName":"default","more":` + many(1_900_000, "{}") + `}`},
		"ids":            {"POST", source + "/drift-proposals/decide", `{"decision":"reject","ids":` + many(2_900_000, "0") + `}`},
		"states":         {"POST", "/acme/shop/entity-types", `{"name":"a","states":` + many(1_900_000, "{}") + `}`},
		"atmos":          {"PATCH", source, `{"atmos":{"a":` + many(1_900_000, "{}") + `}}`},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if status, code := s.ask(t, c.method, c.path, c.body); status != 400 || code != "invalid_request" {
			t.Errorf("%s: %d %s, want 400 invalid_request", name, status, code)
		}
		runtime.ReadMemStats(&after)
		// The body itself is read into a buffer that grows, and quoted in errors.
		if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 150 {
			t.Errorf("%s: %d MB for a body of %d MB", name, used, len(c.body)>>20)
		}
	}
}

func TestArraysOfABodyAreHeldAgainstTheirLimits(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	source := s.sourceOf(t)
	entity := func(i int) string { return fmt.Sprintf(`{"kind":"Entity","entityType":"t","name":"%d"}`, i) }
	for name, c := range map[string]struct {
		items, told string
		status      int
	}{
		"something else among objects": {`[{}, 1]`, "/items: [1]: expected object", 400},
		"a null among objects":         {`[{}, null]`, "/items: [1]: expected object", 400},
		"no array":                     {`{}`, "body.items: expected array", 400},
		"broken off":                   {`[{}`, "invalid JSON", 400},
		"a name twice":                 {`[{"kind":"Cell","kind":"Cell"}]`, "invalid JSON", 400},
		"deep in one item":             {`[` + entity(1) + `,{"items":[1,[2]]}]`, `"scan"`, 200},
	} {
		w := s.respond(t, "POST", source+"/rescan", `{"envName": "default", "dryRun": true, "items": `+c.items+`}`)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.told) {
			t.Errorf("%s: %d %s, want %d %s", name, w.Code, w.Body, c.status, c.told)
		}
	}
}
