package atmos_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"plumbline/internal/reader/atmos"
	"plumbline/internal/reader/atmos/described"
	"plumbline/internal/reader/atmos/value"
)

// defaultConfig stands for the atmos.yaml of a case that has none.
const defaultConfig = `base_path: ./
components: {terraform: {base_path: components/terraform}}
stacks: {base_path: stacks, included_paths: ["deploy/**/*"], excluded_paths: ["**/_defaults.yaml"], name_pattern: "{stage}"}
templates: {settings: {enabled: true, sprig: {enabled: true}, gomplate: {enabled: true}}}
`

// TestRules runs the cases of testdata/rules. Each is an estate, with what is to come
// of it in these files:
//
//	want       lines "stack type component /pointer JSON" into the printed section;
//	           "absent" stands for a pointer that leads nowhere, "@workspace", "@path"
//	           and "@imports" for what the component itself says
//	problems   all problems, one a line
//	edges      all relationships, "type name -> type name"
func TestRules(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob(filepath.Join("testdata", "rules", "*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			runCase(t, archive)
		})
	}
}

func runCase(t *testing.T, archive *txtar.Archive) {
	files := fstest.MapFS{}
	expect := map[string]string{}
	for _, f := range archive.Files {
		switch f.Name {
		case "want", "problems", "edges":
			expect[f.Name] = strings.TrimSpace(string(f.Data))
		default:
			files[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	if files["atmos.yaml"] == nil {
		files["atmos.yaml"] = &fstest.MapFile{Data: []byte(defaultConfig)}
	}
	got := resolve(t, atmos.Estate{FS: files})
	var problems []string
	for _, p := range got.Problems {
		problems = append(problems, p.String())
	}
	if diff := cmp.Diff(expect["problems"], strings.Join(problems, "\n")); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	for line := range strings.Lines(expect["want"]) {
		checkLine(t, got, strings.TrimSpace(line))
	}
	if edges, ok := expect["edges"]; ok {
		if diff := cmp.Diff(edges, strings.Join(edgesOf(got), "\n")); diff != "" {
			t.Errorf("edges (-want +got):\n%s", diff)
		}
	}
}

func checkLine(t *testing.T, got *atmos.Resolved, line string) {
	fields := strings.SplitN(line, " ", 5)
	if len(fields) != 5 {
		t.Fatalf("malformed line %q", line)
	}
	filter := described.Filter{Stack: fields[0], Type: fields[1], Component: fields[2]}
	have := "absent"
	for c := range got.Components(filter) {
		if v, ok := at(c, fields[3]); ok {
			have = compact(t, value.AppendJSON(nil, v, 0))
		}
	}
	if have != fields[4] {
		t.Errorf("%s: got %s", line, have)
	}
}

func compact(t *testing.T, text []byte) string {
	raw := jsontext.Value(text)
	if err := raw.Compact(); err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func at(c *atmos.Component, pointer string) (any, bool) {
	switch pointer {
	case "@workspace":
		return c.Section().Workspace, true
	case "@path":
		return c.Path, true
	case "@imports":
		var list []any
		for _, id := range c.Imports() {
			list = append(list, id)
		}
		return list, true
	}
	keys := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, key := range keys {
		keys[i] = strings.ReplaceAll(key, "~1", "/")
	}
	return value.At(c.Section().Value, keys...)
}

func edgesOf(got *atmos.Resolved) []string {
	var list []string
	for d := range got.Declarations() {
		for _, r := range d.Relationships {
			list = append(list, fmt.Sprintf("%s %s %s -> %s", r.Type, d.Type, d.Name, r.To.Name))
		}
	}
	slices.Sort(list)
	return list
}
