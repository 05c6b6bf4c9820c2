package atmos_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/reader/atmos"
	"plumbline/internal/reader/atmos/described"
)

// TestConformance resolves real estates. With FIXTURES naming a folder of them it
// holds each component against what Atmos makes of it, by value; without, it does so
// with an estate of its own.
func TestConformance(t *testing.T) {
	root := filepath.Join(os.Getenv("FIXTURES"), "atmos")
	if os.Getenv("FIXTURES") == "" {
		root = filepath.Join("testdata", "conformance")
	}
	cases, err := filepath.Glob(filepath.Join(root, "*", "expected.lib.nofunc.json"))
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases below %s: %v", root, err)
	}
	agree, read := 0, agreement{}
	for _, expected := range cases {
		dir := filepath.Dir(expected)
		if t.Run(filepath.Base(dir), func(t *testing.T) { conform(t, dir) }) {
			agree++
		}
		t.Run(filepath.Base(dir)+" through the reader", func(t *testing.T) { conformReader(t, dir, &read) })
	}
	faulty, err := filepath.Glob(filepath.Join(root, "error-*", "estate"))
	if err != nil {
		t.Fatal(err)
	}
	for _, estate := range faulty {
		if t.Run(filepath.Base(filepath.Dir(estate)), func(t *testing.T) { conformFault(t, estate) }) {
			agree++
		}
	}
	fmt.Printf("through the reader: %d of %d components agree, %d of %d workspaces and folders; %d values masked, %d of them without a secret name; %d ask for a variable\n",
		read.agree, read.components, read.same, read.identities, read.masked, read.odd, read.unset)
	fmt.Printf("%d of %d estates conform\n", agree, len(cases)+len(faulty)) // the closing line, also where subtests ran
}

func conform(t *testing.T, dir string) {
	got := resolve(t, atmos.Estate{FS: os.DirFS(filepath.Join(dir, "estate")), KeepFunctions: true, Env: map[string]string{}})
	for _, p := range got.Problems {
		t.Logf("problem: %s", p)
	}
	var text bytes.Buffer
	if err := got.Describe(&text, described.Filter{}); err != nil {
		t.Fatal(err)
	}
	have := decodeJSON(t, text.Bytes())
	want := decodeJSON(t, readFile(t, filepath.Join(dir, "expected.lib.nofunc.json")))
	for c := range got.Components(described.Filter{}) {
		if len(c.Manifests) > 1 { // Atmos takes one at random
			t.Logf("not compared: %s is defined by %d manifests", c, len(c.Manifests))
			drop(have, c.Stack, "components", c.Type, c.Name)
			drop(want, c.Stack, "components", c.Type, c.Name)
		}
		drop(have, c.Stack, "components", c.Type, c.Name, "vars", "ami_name") // a time
		drop(want, c.Stack, "components", c.Type, c.Name, "vars", "ami_name")
		drop(have, c.Stack, "components", c.Type, c.Name, "auth", "realm")
	}
	for _, difference := range compare("", want, have) {
		t.Error(difference)
	}
	conformIdentity(t, dir, got)
	conformDescribed(t, dir)
}

// conformDescribed reads Atmos's own output, which must come out as it went in, with
// the real workspaces.
func conformDescribed(t *testing.T, dir string) {
	text := readFile(t, filepath.Join(dir, "expected.lib.nofunc.json"))
	got, err := atmos.ReadDescribed(t.Context(), bytes.NewReader(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := got.Describe(&again, described.Filter{}); err != nil {
		t.Fatal(err)
	}
	for _, difference := range compare("", decodeJSON(t, text), decodeJSON(t, again.Bytes())) {
		t.Errorf("read from Atmos's output: %s", difference)
	}
	conformIdentity(t, dir, got)
}

// conformIdentity compares the workspace, the folder and the imports.
func conformIdentity(t *testing.T, dir string, got *atmos.Resolved) {
	var want map[string]struct {
		Workspace string   `json:"workspace"`
		Path      string   `json:"component_path"`
		Imports   []string `json:"imports"`
	}
	if err := json.Unmarshal(readFile(t, filepath.Join(dir, "expected.ident.json")), &want); err != nil {
		t.Fatal(err)
	}
	for c := range got.Components(described.Filter{}) {
		w, ok := want[strings.Join([]string{c.Stack, c.Type, c.Name}, "|")]
		if !ok || len(c.Manifests) > 1 {
			continue
		}
		if w.Workspace == "" { // Atmos took another of its definitions
			continue
		}
		metadata, _ := c.Section().Value["metadata"].(map[string]any)
		if len(c.Imports()) == 0 && metadata["terraform_workspace"] != nil && metadata["terraform_workspace_pattern"] != nil {
			continue // what is printed does not tell what the pattern's variables are
		}
		if c.Type == "terraform" && c.Workspace != w.Workspace {
			t.Errorf("%s: workspace %q, want %q", c, c.Workspace, w.Workspace)
		}
		// Atmos prints the folder as it lies on its disk, "<repo>/tests/fixtures/..".
		if tail := strings.TrimPrefix(c.Path, "../../"); c.Path != "" && w.Path != "<nil>" && !strings.HasSuffix(w.Path, tail) {
			t.Errorf("%s: path %q, want %q", c, c.Path, w.Path)
		}
		if imports := c.Imports(); len(imports) > 0 && !slices.Equal(imports, w.Imports) {
			t.Errorf("%s: imports %q, want %q", c, imports, w.Imports)
		}
	}
}

// conformFault holds an estate that Atmos refuses against being refused here, each
// fault with its file.
func conformFault(t *testing.T, estate string) {
	got, err := atmos.NewEngine(0).Resolve(t.Context(), atmos.Estate{FS: os.DirFS(estate)})
	if err != nil {
		t.Logf("refused: %v", err)
		return
	}
	if len(got.Problems) == 0 {
		t.Error("no problem was found")
	}
	for _, p := range got.Problems {
		if t.Logf("problem: %s", p); p.File == "" || p.Reason == "" {
			t.Errorf("a problem without file or reason: %+v", p)
		}
	}
}

func drop(v any, path ...string) {
	for _, key := range path[:len(path)-1] {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	if m, ok := v.(map[string]any); ok {
		delete(m, path[len(path)-1])
	}
}

// compare lists the paths at which two JSON values differ. A map that is left empty
// equals one that is absent.
func compare(path string, want, have any) []string {
	w, isMap := want.(map[string]any)
	h, both := have.(map[string]any)
	if !isMap || !both {
		a, _ := json.Marshal(want)
		b, _ := json.Marshal(have)
		if bytes.Equal(a, b) || sameNumber(want, have) {
			return nil
		}
		return []string{fmt.Sprintf("%s: %.300s, want %.300s", path, b, a)}
	}
	var list []string
	for _, key := range keysOf(w, h) {
		a, inWant := w[key]
		b, inHave := h[key]
		switch {
		case !inWant:
			list = append(list, fmt.Sprintf("%s/%s: not in Atmos's", path, key))
		case !inHave:
			list = append(list, fmt.Sprintf("%s/%s: missing", path, key))
		default:
			list = append(list, compare(path+"/"+key, a, b)...)
		}
	}
	return list
}

func sameNumber(a, b any) bool {
	x, isNumber := a.(json.Number)
	y, both := b.(json.Number)
	if !isNumber || !both {
		return false
	}
	f, _ := x.Float64()
	g, _ := y.Float64()
	_, exact := x.Int64()
	return exact != nil && f == g
}

func keysOf(maps ...map[string]any) []string {
	var keys []string
	for _, m := range maps {
		for key := range m {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
