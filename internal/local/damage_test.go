package local_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// copyFolder copies what a stopped stack has left.
func copyFolder(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

func TestABrokenFolderIsRefusedWithAdvice(t *testing.T) {
	t.Parallel()
	whole := t.TempDir()
	s := run(t, environ(whole, "0"))
	made := s.register("acme/web.tfstate")
	s.upload("acme/web.tfstate", state(1, 300))
	s.scanned(made)
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	change := func(name string, do func([]byte) []byte) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			path := filepath.Join(dir, name)
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, do(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	nothing := func([]byte) []byte { return nil }
	half := func(b []byte) []byte { return b[:len(b)/2] }
	text := func([]byte) []byte { return []byte(strings.Repeat("no table at all\n", 4096)) }
	flip := func(b []byte) []byte { b[len(b)/4096/2*4096+8] ^= 0x40; b[3*4096+8] ^= 0x40; return b }
	for name, c := range map[string]struct {
		breakIt func(*testing.T, string)
		want    []string
	}{
		"a table without a byte":      {change("table.db", nothing), []string{"missing or empty", "put table.db back from a copy", "objects/"}},
		"a table that is gone":        {func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, "table.db")) }, []string{"missing or empty", "put table.db back"}},
		"a table that was cut":        {change("table.db", half), []string{"damaged", "is cut", "put table.db back"}},
		"a table with other bits":     {change("table.db", flip), []string{"damaged", "put table.db back"}},
		"a table that is a text":      {change("table.db", text), []string{"damaged", "put table.db back"}},
		"a queue without a byte":      {change("jobs.db", nothing), []string{"missing or empty", "or delete it"}},
		"a queue that was cut":        {change("jobs.db", half), []string{"damaged", "or delete it"}},
		"a queue that is a text":      {change("jobs.db", text), []string{"damaged", "or delete it"}},
		"a queue for a table":         {change("table.db", func([]byte) []byte { b, _ := os.ReadFile(filepath.Join(whole, "jobs.db")); return b }), []string{"holds no table"}},
		"a digest key without a byte": {change("digest-key", nothing), []string{"digest-key", "missing or empty", "PLUMBLINE_DIGEST_KEY"}},
		"a digest key that is gone":   {func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, "digest-key")) }, []string{"digest-key", "missing or empty"}},
		"objects and an empty table": {func(t *testing.T, dir string) {
			removeAllBut(t, dir, "objects", "table.db")
			change("table.db", nothing)(t, dir)
		}, []string{"missing or empty"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := copyFolder(t, whole)
			c.breakIt(t, dir)
			got := refused(t, environ(dir, "0"))
			for _, want := range append(c.want, "PLUMBLINE_DATA", dir) {
				if !strings.Contains(got, want) {
					t.Errorf("refused with %q, want %q in it", got, want)
				}
			}
		})
	}
}

func removeAllBut(t *testing.T, dir string, kept ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !strings.Contains(strings.Join(kept, " "), entry.Name()) {
			if err := os.RemoveAll(filepath.Join(dir, entry.Name())); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// What the messages advise works.
func TestTheAdviceForABrokenFolderWorks(t *testing.T) {
	t.Parallel()
	whole := t.TempDir()
	s := run(t, environ(whole, "0"))
	made := s.register("acme/web.tfstate")
	s.upload("acme/web.tfstate", state(1, 3))
	s.scanned(made)
	want := s.catalogue("default")
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}

	withoutJobs := copyFolder(t, whole)
	removeAllBut(t, withoutJobs, "objects", "table.db", "digest-key", "signing-key.pem", "token", "sample")
	if got := run(t, environ(withoutJobs, "0")).catalogue("default"); len(got) != len(want) {
		t.Errorf("without the queue: %d entities, want %d", len(got), len(want))
	}

	objects := copyFolder(t, whole)
	removeAllBut(t, objects, "objects")
	anew := run(t, environ(objects, "0"))
	made = anew.register("acme/web.tfstate")
	anew.call("POST", "/acme/shop/import-sources/"+made.ID+"/rescan", map[string]string{"envName": "default"}, nil)
	if got := anew.catalogue("default"); len(got) != len(want) {
		t.Errorf("from the objects alone: %d entities, want %d", len(got), len(want))
	}
}
