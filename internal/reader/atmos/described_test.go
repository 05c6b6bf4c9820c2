package atmos_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/reader/atmos"
	"plumbline/internal/reader/atmos/described"
	"plumbline/internal/reader/atmos/value"
)

// TestDescribedIsReadAsItWasWritten: what Describe writes is read back, from JSON and
// from YAML, with the same workspaces, folders and text.
func TestDescribedIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	estate := atmos.Estate{FS: os.DirFS(filepath.Join("testdata", "conformance", "shop", "estate")), KeepFunctions: true}
	want := describe(t, atmos.NewEngine(0), estate, described.Filter{})
	original := identities(resolve(t, estate))
	doc, err := value.Decode([]byte(want), "")
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := value.Encode(doc.Value)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"json": want, "yaml": asYAML} {
		got, err := atmos.ReadDescribed(t.Context(), strings.NewReader(text), nil)
		if err != nil {
			t.Fatal(name, err)
		}
		var b bytes.Buffer
		if err := got.Describe(&b, described.Filter{}); err != nil || b.String() != want {
			t.Errorf("%s: (-want +got), %v:\n%s", name, err, cmp.Diff(want, b.String()))
		}
		if diff := cmp.Diff(original, identities(got)); diff != "" {
			t.Errorf("%s: (-manifests +described):\n%s", name, diff)
		}
	}
}

func identities(got *atmos.Resolved) (list []string) {
	for c := range got.Components(described.Filter{}) {
		list = append(list, c.String()+" "+c.Workspace+" "+c.Path)
	}
	return list
}

func TestWhatIsNotDescribedIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{``, `[]`, `"x"`, `{"a": 1}`, `{"a": {}}`, `{"a": {"components": []}}`, `{"a": {"components": {"terraform": {"x": 1}}}}`,
		`{} {}`, `{"a": {"components": {}}`, `{"version": 4, "resources": []}`, "a: 1\n", "- a\n", "a: [\n"} {
		if _, err := atmos.ReadDescribed(t.Context(), strings.NewReader(text), nil); err == nil {
			t.Errorf("%s was read", text)
		}
	}
	if _, err := atmos.ReadDescribed(t.Context(), strings.NewReader(`{"a": 1}`), nil); !errors.Is(err, atmos.ErrNotDescribed) {
		t.Errorf("got %v", err)
	}
}

func TestDescribedMarksArePartial(t *testing.T) {
	t.Parallel()
	got, err := atmos.ReadDescribed(t.Context(), strings.NewReader(
		`{"dev": {"components": {"terraform": {"vpc": {"vars": {"a": "<computed>", "b": "x-<no value>", "c": "!env A", "d": "fine", "n": 12345678901234567890}}}}}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	for c := range got.Components(described.Filter{}) {
		var paths []string
		for _, u := range c.Section().Unresolved {
			paths = append(paths, u.Path)
		}
		if diff := cmp.Diff([]string{"/vars/a", "/vars/b", "/vars/c"}, paths); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
