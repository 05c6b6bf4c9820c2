package atmos_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"plumbline/internal/reader/atmos"
)

// TestHostileDocuments: what is made to exhaust a reader ends soon and in little
// memory, in both passes, and what is sound beside it is declared.
func TestHostileDocuments(t *testing.T) { // not parallel: it measures
	bad := func(vars string) map[string]string {
		return map[string]string{"deploy/bad.yaml": "vars: {stage: bad}\ncomponents:\n  terraform:\n    vpc:\n      vars: {x: '" + vars + "'}\n"}
	}
	many := map[string]string{}
	for i := range 5000 {
		many[fmt.Sprintf("deploy/s%d.yaml", i)] = fmt.Sprintf("vars: {stage: s%d}\ncomponents: {terraform: {vpc: {}}}\n", i)
	}
	for _, c := range []struct {
		name   string
		files  map[string]string
		failed bool // something could not be read
	}{
		{"a cycle of imports", map[string]string{"deploy/bad.yaml": "import: [a]\n", "a.yaml": "import: [b]\n", "b.yaml": "import: [a]\n"}, true},
		{"aliases that multiply", map[string]string{"deploy/bad.yaml": aliasBomb(12, 10)}, true},
		{"a template to a large number", bad("{{ range until 1000000000 }}x{{ end }}"), false},
		{"a template that calls itself", bad(`{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}`), false},
		{"lists 10,000 deep", map[string]string{"deploy/bad.yaml": "vars: {a: " + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + "}\n"}, true},
		{"a line of 8 MB", map[string]string{"deploy/bad.yaml": "vars: {stage: bad, a: " + strings.Repeat("x", 8_000_000) + "}\ncomponents: {terraform: {vpc: {}}}\n"}, false},
		{"5,000 stacks", many, false},
		{"a glob that matches everything", map[string]string{"deploy/bad.yaml": "import: ['**/*']\nvars: {stage: bad}\ncomponents: {terraform: {vpc: {}}}\n"}, true}, // itself too
		{"a component name of 100 kB", map[string]string{"deploy/bad.yaml": "vars: {stage: bad}\ncomponents: {terraform: {? " + strings.Repeat("n", 100_000) + " : {}}}\n"}, true},
		{"invalid UTF-8", map[string]string{"deploy/bad.yaml": "vars: {stage: bad, a: \"\xff\xfe\"}\n"}, true},
		{"CRLF", map[string]string{"deploy/bad.yaml": "vars:\r\n  stage: bad\r\ncomponents:\r\n  terraform:\r\n    vpc: {}\r\n"}, false},
		{"a byte order mark", map[string]string{"deploy/bad.yaml": "\xef\xbb\xbfvars: {stage: bad}\ncomponents: {terraform: {vpc: {}}}\n"}, false},
		{"empty files", map[string]string{"deploy/bad.yaml": "", "deploy/bad2.yaml": "\n", "deploy/bad3.yaml": "# nothing\n"}, false},
		{"a folder named like a file", map[string]string{"deploy/bad.yaml/x.yaml": "vars: {stage: bad}\ncomponents: {terraform: {vpc: {}}}\n"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.files["deploy/good.yaml"] = good
			got, took, allocated := measured(t, estate(c.files))
			t.Logf("%s, %d MiB allocated, %d entities, %d failed", took, allocated>>20, len(got.Entries), len(got.Facts.Failed))
			if took > 30*time.Second || allocated > 4<<30 {
				t.Errorf("it took %s and %d MiB", took, allocated>>20)
			}
			if failed := len(got.Facts.Failed) > 0; failed != c.failed {
				t.Errorf("failed: %.1000v", got.Facts.Failed)
			}
			found := false
			for _, d := range got.Declared {
				found = found || d.Entity.Name == "good/vpc"
			}
			if !found {
				t.Error("the sound stack was not declared")
			}
		})
	}
}

// measured reads an estate, with the time and the bytes allocated for it.
func measured(t *testing.T, files fstest.MapFS) (whole, time.Duration, uint64) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	got, err := readWhole(t, new(atmos.Reader), document(t, files))
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	return got, took, after.TotalAlloc - before.TotalAlloc
}
