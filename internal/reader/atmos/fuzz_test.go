package atmos_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/tools/txtar"

	"plumbline/internal/reader/atmos"
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
		files := fstest.MapFS{"atmos.yaml": {Data: []byte(defaultConfig)}}
		for _, file := range txtar.Parse(text).Files {
			files[file.Name] = &fstest.MapFile{Data: file.Data}
		}
		first, second := fingerprint(t, files), fingerprint(t, files)
		if first != second {
			t.Errorf("the same estate gave %d and %d", first, second)
		}
	})
}

// fingerprint reads an estate in every way and gives the size of what came.
func fingerprint(t *testing.T, files fstest.MapFS) (n int64) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	got, err := atmos.NewEngine(0).Resolve(ctx, atmos.Estate{FS: files})
	if err != nil {
		return -1
	}
	w := &counter{}
	if err := got.Describe(w, atmos.Filter{}); err != nil {
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
