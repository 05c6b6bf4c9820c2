package tfstate_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"plumbline/internal/catalog"
)

var (
	update = flag.Bool("update", false, "write what golden cases give")
	drop   = flag.Bool("drop", false, "let -update drop lines that a case had")
)

// TestGolden reads the state of each case and holds what it declares against the
// case's own account: one line for each thing that is said of an entity.
func TestGolden(t *testing.T) {
	cases, err := filepath.Glob("testdata/golden/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { golden(t, path) })
	}
}

func golden(t *testing.T, path string) {
	archive, err := txtar.ParseFile(path)
	if err != nil || len(archive.Files) == 0 {
		t.Fatalf("%s: %v", path, err)
	}
	account := tell(t, mustRead(t, document(t, string(archive.Files[0].Data))))
	want := ""
	if len(archive.Files) > 1 {
		want = string(archive.Files[1].Data)
	}
	if !*update {
		if diff := cmp.Diff(want, account); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		return
	}
	for _, line := range strings.Split(want, "\n") {
		if !*drop && !slices.Contains(strings.Split(account, "\n"), line) {
			t.Fatalf("-update would drop %q: say -drop as well", line)
		}
	}
	archive.Files = append(archive.Files[:1], txtar.File{Name: "want", Data: []byte(account)})
	if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// tell gives an account of a reading; secrets show as SECRET.
func tell(t *testing.T, r result) string {
	t.Helper()
	var b strings.Builder
	f := r.facts
	fmt.Fprintf(&b, "%s lineage=%s serial=%d by=%s entities=%d empty=%t\n", f.Format, f.Lineage, f.Serial, f.WriterVersion, f.Entities, f.Empty)
	for _, p := range f.Failed {
		fmt.Fprintf(&b, "failed %s: %s: %s\n", p.Name, p.Path, p.Reason)
	}
	for _, p := range f.Warnings {
		fmt.Fprintf(&b, "warning: %s: %s\n", p.Path, p.Reason)
	}
	for _, d := range r.declared {
		e := d.Entity
		head := e.Type + " " + e.Name
		fmt.Fprintf(&b, "%s state=%s identity=%s fact=%t\n", head, e.State, e.Identity, e.Fact)
		for _, name := range sortedNames(e.Labels) {
			fmt.Fprintf(&b, "\tlabel %s=%s\n", name, e.Labels[name])
		}
		for _, relationship := range e.Relationships {
			fmt.Fprintf(&b, "\t%s %s %s\n", relationship.Type, relationship.To.Type, relationship.To.Name)
		}
		for _, name := range sortedNames(e.Properties) {
			fmt.Fprintf(&b, "\t%s %s\n", name, shown(t, e.Properties[name]))
		}
	}
	return b.String()
}

func shown(t *testing.T, v catalog.Value) string {
	if !catalog.HasSecret(v) {
		return string(v)
	}
	return strings.ReplaceAll(mask(t, v), `"S"`, "SECRET")
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
