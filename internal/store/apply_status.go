package store

import (
	"plumbline/internal/drift"
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
