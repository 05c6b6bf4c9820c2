package atmos

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
	"plumbline/internal/reader/atmos/described"
	"plumbline/internal/reader/atmos/value"
	"plumbline/internal/reader/redact"
)

const (
	prefetched = 16
	maxNesting = 200
	batchSize  = 256
)

// Reader reads estates of Atmos manifests, and the output of `atmos describe stacks`.
// It keeps decoded manifests from one reading to the next. The zero value is ready for
// use, and safe for concurrent use.
type Reader struct {
	once   sync.Once
	engine *Engine
}

var _ reader.Reader = (*Reader)(nil)

// Version is that of the digests and declarations.
func (r *Reader) Version() int { return 1 }

// Index implements [reader.Reader].
func (r *Reader) Index(ctx context.Context, doc reader.Document, yield func(reader.Entry) error) (reader.Reading, error) {
	if doc.Keys == nil {
		return nil, errors.New("index " + doc.URI + ": no digest keys")
	}
	r.once.Do(func() { r.engine = NewEngine(0) })
	resolved, format, err := r.open(ctx, doc)
	if err != nil {
		return nil, err
	}
	reading := &reading{doc: doc, resolved: resolved}
	if err := reading.index(ctx, yield); err != nil {
		return nil, err
	}
	reading.tell(format)
	return reading, nil
}

// open resolves the document.
func (r *Reader) open(ctx context.Context, doc reader.Document) (*Resolved, reader.Format, error) {
	if doc.Files == nil {
		out, err := openDescribed(ctx, doc)
		return out, reader.FormatDescribed, err
	}
	estate := Estate{FS: doc.Files, ETag: doc.Files.ETag, Prefetch: prefetched, Config: doc.Atmos.ConfigPath, Profile: doc.Atmos.Profile}
	if doc.Atmos.Config != "" {
		v, err := value.ReadJSON(jsontext.NewDecoder(bytes.NewReader([]byte(doc.Atmos.Config))))
		settings, ok := v.(value.Map)
		if err != nil || !ok {
			return nil, "", unusable(false, reader.FormatEstate, "the source's atmos settings are not a JSON object")
		}
		estate.Settings = settings
	}
	out, err := r.engine.Resolve(ctx, estate)
	if errors.Is(err, ErrConfig) {
		return nil, "", configUnusable(err)
	}
	if err != nil {
		return nil, "", fmt.Errorf("read %s: %w", doc.URI, err)
	}
	return out, reader.FormatEstate, nil
}

func unusable(notFormat bool, format reader.Format, reason string) *reader.UnusableError {
	return &reader.UnusableError{NotFormat: notFormat, Problem: reader.Problem{Offset: -1, Reason: reason}, Facts: reader.Facts{Format: format}}
}

// configUnusable names the file and line of an [ErrConfig].
func configUnusable(err error) error {
	out := unusable(false, reader.FormatEstate, err.Error())
	var placed *fault
	if errors.As(err, &placed) {
		out.Problem.Path, out.Problem.Reason = place(placed.file, placed.line), placed.reason
	}
	return out
}

func place(file string, line int) string {
	if line > 0 {
		return fmt.Sprintf("%s:%d", file, line)
	}
	return file
}

// reading is a document after pass one.
type reading struct {
	doc      reader.Document
	resolved *Resolved
	workers  []*worker
	snapshot bytes.Buffer
	failed   []reader.Problem
	refused  map[uuid.UUID]bool // what failed of pass one
	facts    reader.Facts
}

var _ reader.Snapshot = (*reading)(nil)

func (r *reading) Facts() reader.Facts { return r.facts }

// WriteSnapshot implements [reader.Snapshot].
func (r *reading) WriteSnapshot(w io.Writer) error {
	_, err := w.Write(r.snapshot.Bytes())
	return err
}

// index goes through the declarations, once more where secrets were learnt that may
// stand anywhere.
func (r *reading) index(ctx context.Context, yield func(reader.Entry) error) error {
	r.workers = []*worker{newWorker(r), newWorker(r)}
	entries, err := r.pass(ctx)
	if err != nil {
		return err
	}
	for _, w := range r.workers[1:] {
		r.workers[0].redactor.LearnFrom(w.redactor)
	}
	learnt := r.workers[0].redactor.Learned() > 0
	for _, w := range r.workers {
		w.redactor.LearnFrom(r.workers[0].redactor)
		w.redactor.Freeze()
	}
	if learnt {
		if entries, err = r.pass(ctx); err != nil {
			return err
		}
	}
	for _, e := range entries {
		if err := yield(e); err != nil {
			return err
		}
	}
	r.facts.Entities = len(entries)
	return nil
}

// pass makes every entry and the snapshot.
func (r *reading) pass(ctx context.Context) ([]reader.Entry, error) {
	var entries []reader.Entry
	r.failed, r.refused = nil, map[uuid.UUID]bool{}
	r.snapshot.Reset()
	var failed error
	components := func(yield func(described.Component, error) bool) {
		failed = r.each(ctx, func(uuid.UUID) bool { return true }, true, func(m *made) error {
			if m.problem != nil {
				r.failed = append(r.failed, *m.problem)
				r.refused[m.problem.ID] = true
				return nil
			}
			entries = append(entries, m.entry)
			if m.shown.Section != nil && !yield(m.shown, nil) {
				return context.Canceled
			}
			return nil
		})
	}
	if err := described.Save(&r.snapshot, components); err != nil {
		return nil, err
	}
	return entries, failed
}

// Bodies implements [reader.Reading].
func (r *reading) Bodies(ctx context.Context, want func(uuid.UUID) bool, yield func(reader.Declared) error) error {
	return r.each(ctx, want, false, func(m *made) error {
		if m.problem != nil || r.refused[m.entry.ID] {
			return nil
		}
		declared := reader.Declared{ID: m.entry.ID, Entity: m.entity, Digest: m.entry.Digest}
		declared.Entity.Properties = split(m.properties)
		if r.doc.Keys.HasAlternate() && m.alternate != nil {
			declared.Alternate = map[string]catalog.Value{}
			for name, v := range split(m.alternate) {
				if catalog.HasSecret(v) {
					declared.Alternate[name] = v
				}
			}
		}
		return yield(declared)
	})
}

// split gives each member of a canonical object as a value of its own.
func split(object []byte) map[string]catalog.Value {
	values := map[string]catalog.Value{}
	for name, span := range catalog.Members(object) {
		values[name] = slices.Clone(span.Of(object))
	}
	return values
}

// item is one declaration to be made: of a stack, or of its component.
type item struct {
	stack     *Stack
	component *Component
}

// each makes the wanted declarations on all workers, and hands them on in order.
func (r *reading) each(ctx context.Context, want func(uuid.UUID) bool, show bool, sink func(*made) error) error {
	var items []item
	for _, s := range r.resolved.stacks {
		items = append(items, item{stack: s})
		for _, c := range s.components {
			items = append(items, item{s, c})
		}
	}
	items = slices.DeleteFunc(items, func(it item) bool { return !want(r.idOf(it)) })
	for batch := range slices.Chunk(items, batchSize) {
		if err := ctx.Err(); err != nil {
			return err
		}
		results := make([]*made, len(batch))
		var wait sync.WaitGroup
		for n, w := range r.workers {
			wait.Go(func() {
				for i := n; i < len(batch); i += len(r.workers) {
					results[i] = w.make(batch[i], show)
				}
			})
		}
		wait.Wait()
		for _, m := range results {
			if err := sink(m); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *reading) idOf(it item) uuid.UUID {
	if it.component == nil {
		return catalog.EntityID(r.doc.Environment, TypeStack, r.scoped(it.stack.Name))
	}
	return catalog.EntityID(r.doc.Environment, TypeComponent, r.scoped(r.resolved.nameOf(it.component)))
}

// scoped is a name below the document's scope.
func (r *reading) scoped(name string) string {
	if r.doc.Scope == "" {
		return name
	}
	return r.doc.Scope + "/" + name
}

func compareProblems(a, b reader.Problem) int {
	return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Reason, b.Reason))
}

func newWorker(r *reading) *worker {
	w := &worker{reading: r, redactor: redact.NewRedactor(r.doc.Keys, maxNesting)}
	w.redactor.Refers(isReference)
	return w
}
