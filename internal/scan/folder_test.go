package scan_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reader"
)

// folder reads a document that is many objects: each line "name=value" of a file
// declares a component, and a file that begins with "!" is broken.
type folder struct{}

func (folder) Version() int { return 1 }

func (folder) Index(ctx context.Context, doc reader.Document, yield func(reader.Entry) error) (reader.Reading, error) {
	if doc.Files == nil {
		return nil, &reader.UnusableError{NotFormat: true, Problem: reader.Problem{Reason: "one object", Offset: -1}}
	}
	var paths []string
	err := fs.WalkDir(doc.Files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	r := &folderReading{}
	for _, path := range paths {
		text, err := fs.ReadFile(doc.Files, path)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		r.file(doc, path, string(text))
	}
	for _, d := range r.declared {
		if err := yield(reader.Entry{ID: d.ID, Digest: d.Digest, Alternate: d.Digest}); err != nil {
			return nil, err
		}
	}
	return r, nil
}

type folderReading struct {
	declared []reader.Declared
	facts    reader.Facts
	lost     []string
}

func (r *folderReading) file(doc reader.Document, path, text string) {
	if strings.HasPrefix(text, "!") {
		r.lost = append(r.lost, path)
		r.facts.Failed = append(r.facts.Failed, reader.Problem{Path: path + ":1", Offset: -1, Reason: "broken"})
		r.facts.Uncertain = func(recorded *catalog.Entity) bool {
			manifest, ok := catalog.Text(recorded.Properties["manifest"])
			return !ok || slices.Contains(r.lost, manifest)
		}
		return
	}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		e := catalog.Entity{Type: "atmos.component", Name: name, Properties: map[string]catalog.Value{
			"value": catalog.String(value), "manifest": catalog.String(path)}}
		r.declared = append(r.declared, reader.Declared{ID: catalog.EntityID(doc.Environment, e.Type, e.Name), Entity: e,
			Digest: reader.Digest(&e, catalog.Object(e.Properties))})
	}
}

func (r *folderReading) Facts() reader.Facts {
	r.facts.Format, r.facts.Entities, r.facts.Empty = reader.FormatEstate, len(r.declared), len(r.declared)+len(r.lost) == 0
	return r.facts
}

func (r *folderReading) Bodies(_ context.Context, want func(uuid.UUID) bool, yield func(reader.Declared) error) error {
	for _, d := range r.declared {
		if want(d.ID) {
			if err := yield(d); err != nil {
				return err
			}
		}
	}
	return nil
}

// WriteSnapshot implements [reader.Snapshot].
func (r *folderReading) WriteSnapshot(w io.Writer) error {
	var all []error
	for _, d := range r.declared {
		_, err := fmt.Fprintln(w, d.Entity.Name, d.Entity.Properties["value"])
		all = append(all, err)
	}
	return errors.Join(all...)
}

// estate is a source that is one document of many objects.
func estate(t testing.TB) (*stack, drift.Source) {
	t.Helper()
	s := newStack(t)
	s.scanner.Readers = map[drift.Kind]reader.Reader{drift.KindAtmos: folder{}}
	return s, s.register(drift.Settings{Kind: drift.KindAtmos, URI: "s3://estate/acme/live/"})
}

// snapshot is what the source's document shows of itself.
func (s *stack) snapshot(src drift.Source) string {
	s.t.Helper()
	for d, err := range s.store.Documents(s.t.Context(), src.ID) {
		if err != nil {
			s.t.Fatal(err)
		}
		if d.Snapshot == "" {
			return ""
		}
		body, err := s.store.Snapshot(s.t.Context(), d.Snapshot)
		if err != nil {
			s.t.Fatal(err)
		}
		return string(body)
	}
	return ""
}
