package store

import (
	"slices"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
	"plumbline/internal/table"
)

// envStatus keeps the sparse entries of an environment's drifted and missing
// entities.
func (b *batch) envStatus(w *Write) {
	r := w.Change.Record
	if r == nil {
		r = w.Entry.Record
	}
	if r == nil {
		return
	}
	if _, isLink := RelationshipType(r); isLink {
		return
	}
	before, after := w.Entry.Status(), w.Change.Status
	if w.Change.Delete {
		after = drift.Current
	}
	if before == after {
		return
	}
	if sparse(before) {
		b.ops = append(b.ops, table.Delete(envStatusKey(r.EnvID, before, r.ID, r.Entity.Type, r.Entity.Name), table.Any))
	}
	if sparse(after) {
		b.ops = append(b.ops, table.Put(table.Item{Key: envStatusKey(r.EnvID, after, r.ID, r.Entity.Type, r.Entity.Name),
			Revision: b.store.first(), Body: small(idRecord{ID: r.ID})}, table.Any))
	}
}

// relies makes the change of the source's own status rest on the heads of the other
// sources as they were read: the status over all of them, and who still declares the
// entity, were reckoned with those. Else two sources that change at once would each see
// the other's head from before.
func (b *batch) relies(w *Write) {
	before, after := w.statusesBefore(), w.statusesAfter()
	if before[w.Source.ID] == after[w.Source.ID] {
		return
	}
	for _, o := range w.Entry.Others {
		if !w.affects(o.Source) {
			b.ops = append(b.ops, table.Check(headKey(o.Source, o.Document, w.Entry.EntityID), table.At(o.Head.Revision)))
		}
	}
}

// affects reports whether the change writes the head of another source.
func (w *Write) affects(source uuid.UUID) bool {
	return slices.ContainsFunc(w.Change.Others, func(e reconcile.Effect) bool { return e.Source == source })
}

// statusesBefore are the statuses of the entity's heads by source, as they were read.
func (w *Write) statusesBefore() map[uuid.UUID]drift.Status {
	statuses := map[uuid.UUID]drift.Status{}
	if w.Entry.Head.Revision > 0 {
		statuses[w.Source.ID] = w.Entry.Head.Status
	}
	for _, other := range w.Entry.Others {
		statuses[other.Source] = other.Head.Status
	}
	return statuses
}

// statusesAfter are those after the change.
func (w *Write) statusesAfter() map[uuid.UUID]drift.Status {
	statuses := w.statusesBefore()
	switch {
	case w.Change.DropHead:
		delete(statuses, w.Source.ID)
	case w.Change.Head != nil:
		statuses[w.Source.ID] = w.Change.Head.Status
	}
	for _, effect := range w.Change.Others {
		statuses[effect.Source] = effect.Head.Status
	}
	return statuses
}

// Status is the entity's drift status over all sources, as it was read.
func (e Entry) Status() drift.Status {
	var statuses []drift.Status
	if e.Head.Revision > 0 {
		statuses = append(statuses, e.Head.Status)
	}
	for _, o := range e.Others {
		statuses = append(statuses, o.Head.Status)
	}
	return drift.Worst(statuses...)
}
