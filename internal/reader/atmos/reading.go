package atmos

import (
	"cmp"
	"context"
	"io"
	"slices"
	"sync/atomic"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/parallel"
	"plumbline/internal/reader"
	"plumbline/internal/reader/atmos/described"
)

// reading is a document after pass one.
type reading struct {
	doc      reader.Document
	resolved *Resolved
	verdicts *verdicts
	under    []byte  // of the verdicts' keys: for whom, and under which digest keys
	files    *lesson // what the files taught
	workers  []*worker
	snapshot [][]byte // in parts
	failed   []reader.Problem
	refused  map[uuid.UUID]bool // what failed of pass one
	facts    reader.Facts
}

var _ reader.Snapshot = (*reading)(nil)

func newReading(doc reader.Document, resolved *Resolved, v *verdicts) *reading {
	r := &reading{doc: doc, resolved: resolved, verdicts: v, refused: map[uuid.UUID]bool{}}
	sample := catalog.String("")
	r.under = slices.Concat(doc.Environment[:], doc.Keys.Secret(doc.Environment, "", sample), doc.Keys.Alternate(doc.Environment, "", sample))
	r.workers = []*worker{newWorker(r), newWorker(r)}
	return r
}

func (r *reading) Facts() reader.Facts { return r.facts }

// WriteSnapshot implements [reader.Snapshot].
func (r *reading) WriteSnapshot(w io.Writer) error {
	for _, part := range r.snapshot {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// item is one declaration to be made: of a stack, or of its component.
type item struct {
	stack     *Stack
	component *Component
}

// items are all of them by stack, type and name, as those are told.
func (r *reading) items() (items []item) {
	masked := false
	for _, s := range r.resolved.stacks {
		items = append(items, item{stack: s})
		masked = masked || r.named(s.Name) != s.Name
		for _, c := range s.components {
			items = append(items, item{s, c})
			masked = masked || r.named(c.Name) != c.Name || r.named(c.Type) != c.Type
		}
	}
	if masked {
		slices.SortStableFunc(items, r.compareItems)
	}
	return items
}

func (r *reading) compareItems(a, b item) int {
	if order := cmp.Compare(r.named(a.stack.Name), r.named(b.stack.Name)); order != 0 || a.component == nil || b.component == nil {
		return order
	}
	return cmp.Or(cmp.Compare(r.named(a.component.Type), r.named(b.component.Type)), cmp.Compare(r.named(a.component.Name), r.named(b.component.Name)))
}

func (r *reading) blocks(items []item) (blocks []*block) {
	for items := range slices.Chunk(items, blockItems) {
		blocks = append(blocks, &block{items: items})
	}
	return blocks
}

// at tells the budget which component the reading was at when it ran out.
func (r *reading) at(it item) {
	if it.component != nil && r.doc.Budget.Err() != nil {
		r.doc.Budget.At(place(it.component.Position()))
	}
}

// index goes through the declarations, and once more through those in which a secret
// may stand that was learnt from another.
func (r *reading) index(ctx context.Context, yield func(reader.Entry) error) error {
	items := r.items()
	blocks := r.blocks(items)
	if err := r.all(ctx, blocks, (*block).fill); err != nil {
		return err
	}
	r.workers[0].redactor.LearnFrom(r.files.redactor)
	for _, w := range r.workers[1:] {
		r.workers[0].redactor.LearnFrom(w.redactor)
	}
	for _, w := range r.workers[1:] {
		w.redactor.LearnFrom(r.workers[0].redactor)
	}
	for _, w := range r.workers {
		w.redactor.Freeze()
	}
	learnt := r.workers[0].redactor.Learned() > 0
	if again := r.items(); learnt && !slices.Equal(again, items) {
		blocks, learnt = r.blocks(again), false // a name is masked, and stands elsewhere
		if err := r.all(ctx, blocks, (*block).fill); err != nil {
			return err
		}
	}
	if learnt {
		if err := r.all(ctx, blocks, (*block).review); err != nil {
			return err
		}
	}
	return r.collect(blocks, yield)
}

// all has the workers do something with every block.
func (r *reading) all(ctx context.Context, blocks []*block, do func(*block, *worker) error) error {
	var next atomic.Int64
	var group parallel.Group
	for _, w := range r.workers {
		group.Start(func() error {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(blocks) {
					return nil
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := do(blocks[i], w); err != nil {
					return err
				}
			}
		})
	}
	return group.Wait()
}

// collect yields the entries of the blocks and keeps the rest.
func (r *reading) collect(blocks []*block, yield func(reader.Entry) error) error {
	r.snapshot = append(r.snapshot, new(described.Packer).Header())
	for _, b := range blocks {
		for _, p := range b.parts {
			r.snapshot = append(r.snapshot, p.packed)
		}
		for _, x := range b.results {
			if x.problem != nil {
				r.failed = append(r.failed, *x.problem)
				r.refused[x.problem.ID] = true
				continue
			}
			if err := yield(x.entry); err != nil {
				return err
			}
			r.facts.Entities++
		}
	}
	return nil
}

func compareProblems(a, b reader.Problem) int {
	return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Reason, b.Reason))
}
