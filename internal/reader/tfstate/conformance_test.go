package tfstate_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/reader"
	"plumbline/internal/reader/tfstate"
)

// conformed is the summary that closes the output of a run.
var conformed string

func TestMain(m *testing.M) {
	code := m.Run()
	if testing.Verbose() && conformed != "" {
		fmt.Println(conformed)
	}
	os.Exit(code)
}

// TestConformance reads real states. With FIXTURES naming a folder of them it holds
// each state against what the tools list for it, and each plan against being known as
// one; without, it does so with a case of its own.
func TestConformance(t *testing.T) {
	root := filepath.Join(os.Getenv("FIXTURES"), "tfstate")
	if os.Getenv("FIXTURES") == "" {
		root = filepath.Join("testdata", "conformance")
	}
	states, passed := 0, 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		isPlan := filepath.Base(filepath.Dir(path)) == "plan-json"
		if entry.IsDir() || !isPlan && !strings.HasSuffix(path, ".tfstate") {
			return nil
		}
		states++
		name, _ := filepath.Rel(root, path)
		if t.Run(name, func(t *testing.T) { conform(t, path, isPlan) }) {
			passed++
		}
		return nil
	})
	if err != nil || states == 0 {
		t.Fatalf("no documents below %s: %v", root, err)
	}
	conformed = fmt.Sprintf("%d of %d documents conform", passed, states)
}

func conform(t *testing.T, path string, isPlan bool) {
	doc := document(t, "")
	doc.Open = func(context.Context) (io.ReadCloser, error) { return os.Open(path) }
	got, err := read(t, doc)
	want, listErr := os.ReadFile(path + ".addresses")
	var unusable *reader.UnusableError
	switch {
	case isPlan:
		if !errors.As(err, &unusable) || !unusable.NotFormat {
			t.Fatalf("a plan was read as a state: %v", err)
		}
		if f := unusable.Facts.Format; f != reader.FormatPlan && f != reader.FormatShow {
			t.Fatalf("known as %s: %v", f, err)
		}
	case err != nil && listErr != nil && isPlaceholder(t, path):
		if !errors.As(err, &unusable) || unusable.Facts.Format != reader.FormatUnknown {
			t.Fatalf("a file that is no JSON: %v", err)
		}
	case err != nil:
		t.Fatal(err)
	case len(got.facts.Failed) > 0:
		t.Fatalf("failed declarations: %v", got.facts.Failed)
	case listErr == nil:
		if diff := cmp.Diff(lines(string(want)), addresses(t, got, doc.Scope)); diff != "" {
			t.Fatalf("addresses (-want +got):\n%s", diff)
		}
	}
}

// isPlaceholder tells the files of a fixture tree that were symbolic links and now
// hold the link's text.
func isPlaceholder(t *testing.T, path string) bool {
	t.Helper()
	content, err := os.ReadFile(path)
	return err == nil && !bytes.ContainsAny(content, "{}\n")
}

func lines(text string) []string {
	list := strings.Split(strings.TrimRight(text, "\n"), "\n")
	slices.Sort(list)
	return slices.DeleteFunc(list, func(line string) bool { return line == "" })
}

// addresses lists the instances that are not deposed; each must parse as an address
// and render as it was.
func addresses(t *testing.T, got result, scope string) []string {
	t.Helper()
	list := []string{}
	for _, d := range got.declared {
		if strings.HasPrefix(d.Entity.Type, "terraform.") || d.Entity.State == "deposed" {
			continue
		}
		text := strings.TrimPrefix(d.Entity.Name, scope+"/")
		address, err := tfstate.ParseAddress(text)
		if err != nil || address.String() != text || address.EntityType() != d.Entity.Type {
			t.Errorf("%s %s does not parse back: %v", d.Entity.Type, text, err)
		}
		list = append(list, text)
	}
	slices.Sort(list)
	return list
}
