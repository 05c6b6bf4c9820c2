// Package items reads declarations that a caller pushes: the JSON of the array
// `items`, all seven kinds of a catalogue, flat or in an envelope like that of
// Kubernetes.
//
// Its one invariant: an invalid declaration spoils no other. It is told as a problem
// that names its index and field, and the rest is read. Only a text that is no JSON
// array is refused whole.
//
//	{"kind":"Entity","entityType":"server","name":"web","properties":{"cpus":2}}
//
//	{"kind":"Entity","apiVersion":"terrantula.io/v1","metadata":{"name":"web"},
//	 "spec":{"entityType":"server","properties":{"cpus":2}}}
//
// Start at [Parse], which gives everything that a push declares; [Reader] gives its
// entities alone, as every reader does.
package items

import (
	"context"
	"fmt"
	"io"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
)

// MaxBytes is the limit on a push. A function takes 6 MB; the rest is for those who
// run everything in one process.
const MaxBytes = 32 << 20

// MaxItems is how many items, or deletions, one push may have: more than there are in 6
// MB, unless they say nothing. The shortest entity has 47 bytes.
const MaxItems = 150_000

// Reader reads the entities of a push. An entity that is declared twice is yielded
// twice. The zero value is ready for use, and safe for concurrent use.
type Reader struct{}

var _ reader.Reader = Reader{}

// Version is that of the reader's rules.
func (Reader) Version() int { return 4 }

// Index yields an entry for each valid entity, in the order of the items. Problems of
// every kind of declaration are among the facts.
func (Reader) Index(ctx context.Context, doc reader.Document, yield func(reader.Entry) error) (reader.Reading, error) {
	parsed, err := open(ctx, doc)
	if err != nil {
		return nil, err
	}
	r := &reading{doc: doc, facts: parsed.facts()}
	for _, it := range parsed.items {
		if it.kind != catalog.KindEntity || !it.valid() {
			continue
		}
		if err := yield(reader.Entry{ID: it.id, Digest: it.declared.Digest, Alternate: it.alternate}); err != nil {
			return nil, err
		}
		r.facts.Entities++
	}
	return r, nil
}

// reading is a push after pass one. It keeps none of the push.
type reading struct {
	doc   reader.Document
	facts reader.Facts
}

func (r *reading) Facts() reader.Facts { return r.facts }

func (r *reading) Bodies(ctx context.Context, want func(uuid.UUID) bool, yield func(reader.Declared) error) error {
	parsed, err := open(ctx, r.doc)
	if err != nil {
		return err
	}
	for _, it := range parsed.items {
		if it.kind != catalog.KindEntity || !it.valid() || !want(it.id) {
			continue
		}
		if err := yield(it.declared); err != nil {
			return err
		}
	}
	return nil
}

// facts are those of the push before anything is yielded. A push is empty when no item
// is an entity, or could have been one.
func (p *push) facts() reader.Facts {
	facts := reader.Facts{Format: reader.FormatItems, Failed: p.problems(), Warnings: p.warnings, Empty: true}
	for _, it := range p.items {
		if it.kind == catalog.KindEntity || it.kind == "" {
			facts.Empty = false
		}
	}
	return facts
}

// open reads and parses a document.
func open(ctx context.Context, doc reader.Document) (_ *push, err error) {
	body, err := doc.Open(ctx)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", doc.URI, err)
	}
	defer func() {
		if closing := body.Close(); err == nil && closing != nil {
			err = fmt.Errorf("close %s: %w", doc.URI, closing)
		}
	}()
	raw, err := io.ReadAll(io.LimitReader(body, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", doc.URI, err)
	}
	return readPush(raw, doc.Environment, doc.Keys, doc.Budget)
}
