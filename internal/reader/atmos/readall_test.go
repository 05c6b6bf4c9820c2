package atmos_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"testing"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
	"plumbline/internal/reader/atmos"
	"plumbline/internal/reader/atmos/described"
	"plumbline/internal/reader/atmos/listing"
)

// folder makes the files of a document of an fs.FS, each versioned by its content.
type folder struct{ fs.FS }

func (f folder) ETag(name string) string {
	text, err := fs.ReadFile(f.FS, name)
	if err != nil {
		return ""
	}
	return hashOf(text)
}

func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// objects lists texts by path in the order of paths, each versioned by its content.
func objects(texts map[string][]byte, paths []string) *listing.FS {
	var list []listing.Object
	for _, name := range paths {
		list = append(list, listing.Object{Path: name, ETag: hashOf(texts[name]), SizeBytes: int64(len(texts[name]))})
	}
	return listing.New(list, func(o listing.Object) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(texts[o.Path])), nil
	})
}

// whole is all that one reading of a document gives.
type whole struct {
	Entries    []reader.Entry
	Declared   []reader.Declared
	Components []described.Component
	Snapshot   string
	Facts      reader.Facts
}

// readWhole reads a document in both passes. The error is that of Index; of its own
// accord it holds every body against its entry.
func readWhole(t testing.TB, r *atmos.Reader, doc reader.Document) (out whole, err error) {
	t.Helper()
	reading, err := r.Index(t.Context(), doc, func(e reader.Entry) error { out.Entries = append(out.Entries, e); return nil })
	if err != nil {
		return whole{}, err
	}
	out.Declared = bodies(t, reading, func(uuid.UUID) bool { return true })
	if len(out.Declared) != len(out.Entries) {
		t.Fatalf("%d entries, %d bodies", len(out.Entries), len(out.Declared))
	}
	for i, d := range out.Declared {
		e := out.Entries[i]
		if d.ID != e.ID || d.Digest != e.Digest || reader.Digest(&d.Entity, catalog.Object(d.Entity.Properties)) != e.Digest {
			t.Errorf("entry %d is not that of the body of %.200s", i, d.Entity.Name)
		}
	}
	var snapshot bytes.Buffer
	if err := reading.(reader.Snapshot).WriteSnapshot(&snapshot); err != nil {
		t.Fatal(err)
	}
	out.Snapshot, out.Facts = snapshot.String(), reading.Facts()
	for c, err := range described.Load(&snapshot) {
		if err != nil {
			t.Fatal(err)
		}
		out.Components = append(out.Components, c)
	}
	return out, nil
}

func bodies(t testing.TB, reading reader.Reading, want func(uuid.UUID) bool) (list []reader.Declared) {
	t.Helper()
	if err := reading.Bodies(t.Context(), want, func(d reader.Declared) error { list = append(list, d); return nil }); err != nil {
		t.Fatal(err)
	}
	return list
}
