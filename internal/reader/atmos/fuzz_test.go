package atmos_test

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"plumbline/internal/reader/atmos"
	"plumbline/internal/reader/atmos/described"
	"plumbline/internal/reader/atmos/listing"
)

// FuzzEstate: whatever an estate holds, resolving, describing and declaring it ends,
// and gives the same twice.
func FuzzEstate(f *testing.F) {
	cases, err := filepath.Glob(filepath.Join("testdata", "rules", "*.txtar"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range cases {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		texts := map[string][]byte{"atmos.yaml": []byte(defaultConfig)}
		for _, file := range txtar.Parse(text).Files {
			texts[file.Name] = file.Data
		}
		files := listed(texts)
		first, second := fingerprint(t, files), fingerprint(t, files)
		if first != second {
			t.Errorf("the same estate gave %d and %d", first, second)
		}
	})
}

// listed makes a file system of texts by path, whatever the paths are.
func listed(texts map[string][]byte) *listing.FS {
	var objects []listing.Object
	for name := range texts {
		objects = append(objects, listing.Object{Path: name})
	}
	return listing.New(objects, func(o listing.Object) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(texts[o.Path])), nil
	})
}

// fingerprint reads an estate in every way and gives the size of what came.
func fingerprint(t *testing.T, files fs.FS) (n int64) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	got, err := atmos.NewEngine(0).Resolve(ctx, atmos.Estate{FS: files, Prefetch: 4})
	if err != nil {
		return -1
	}
	w := &counter{}
	if err := got.Describe(w, described.Filter{}); err != nil {
		t.Fatal(err)
	}
	for d := range got.Declarations() {
		n += int64(len(d.Name) + len(d.Properties) + len(d.Relationships))
	}
	for _, p := range got.Problems {
		n += int64(len(p.String()))
	}
	return n + w.n
}
