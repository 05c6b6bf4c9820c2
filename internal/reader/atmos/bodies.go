package atmos

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/parallel"
	"plumbline/internal/reader"
	"plumbline/internal/reader/budget"
)

// Bodies implements [reader.Reading].
func (r *reading) Bodies(ctx context.Context, want func(uuid.UUID) bool, yield func(reader.Declared) error) error {
	return r.each(ctx, want, func(m *made) error {
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

// bodyBatch is how many declarations are made before their order is waited for.
const bodyBatch = 32

// each makes the wanted declarations on all workers, and hands them on in order.
func (r *reading) each(ctx context.Context, want func(uuid.UUID) bool, sink func(*made) error) error {
	items := slices.DeleteFunc(r.items(), func(it item) bool { return !want(r.idOf(it)) })
	for batch := range slices.Chunk(items, bodyBatch) {
		if err := ctx.Err(); err != nil {
			return err
		}
		results, spans := make([]*made, len(batch)), make([]*budget.Span, len(batch))
		var group parallel.Group
		for n, w := range r.workers {
			group.Start(func() error {
				for i := n; i < len(batch); i += len(r.workers) {
					results[i] = r.body(w, batch[i], &spans[i])
				}
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			return err
		}
		if err := r.doc.Budget.Err(); err != nil {
			return err
		}
		for i, m := range results {
			if err := sink(m); err != nil {
				return err
			}
			_ = spans[i].End() // the next batch asks
		}
	}
	return nil
}

// body makes one declaration, nil where the budget has run out; the span holds it.
func (r *reading) body(w *worker, it item, span **budget.Span) *made {
	*span = r.doc.Budget.Work()
	d, err := r.draft(it, false, *span)
	if err != nil {
		r.at(it)
		return nil
	}
	m := w.declare(d)
	_ = (*span).Lap() // asked for once all are made
	return m
}

func (r *reading) idOf(it item) uuid.UUID {
	typ := TypeComponent
	if it.component == nil {
		typ = TypeStack
	}
	return catalog.EntityID(r.doc.Environment, typ, r.nameOf(it))
}

// nameOf is the name of the item's entity.
func (r *reading) nameOf(it item) string {
	if it.component == nil {
		return r.named(r.scoped(it.stack.Name))
	}
	return r.named(r.scoped(r.resolved.nameOf(it.component)))
}

// named is a name as it is told once everything is learnt.
func (r *reading) named(name string) string { return r.workers[0].named(name) }

// scoped is a name below the document's scope.
func (r *reading) scoped(name string) string {
	if r.doc.Scope == "" {
		return name
	}
	return r.doc.Scope + "/" + name
}
