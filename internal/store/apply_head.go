package store

import (
	"context"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
	"plumbline/internal/table"
)

// heads writes the source's own head and those of others, with the status entries
// and totals that follow.
func (b *batch) heads(_ context.Context, w *Write) error {
	before, after := w.Entry.Head, w.Change.Head
	if after == nil && w.moved() && !w.Change.DropHead {
		after = &before
	}
	switch {
	case w.Change.DropHead && before.Revision > 0:
		b.ops = append(b.ops, table.Delete(headKey(w.Source.ID, w.Entry.HeadDocument, before.EntityID), table.At(before.Revision)))
		b.sourceStatus(w.Source.ID, before, drift.Head{EntityID: before.EntityID})
		b.total(w.Source.ID, w.Entry.HeadDocument, before, -1)
	case after != nil:
		next := *after
		if w.moved() {
			b.ops = append(b.ops, table.Delete(headKey(w.Source.ID, w.Entry.HeadDocument, before.EntityID), table.At(before.Revision)))
			next.Revision = 0
		}
		b.putHead(w.Source.ID, w.Entry.HeadDocument, w.Document, before, next)
	}
	for _, effect := range w.Change.Others {
		other := w.other(effect.Source)
		b.putHead(effect.Source, other.Document, other.Document, other.Head, effect.Head)
		if effect.Rescan && !b.due[effect.Source] {
			b.due[effect.Source] = true
			ref := w.Source.Ref() // a source of the same environment, hence project
			ref.ID = effect.Source
			b.ops = append(b.ops, b.store.dueOp(ref, w.At, dueRetry, otherSource))
		}
	}
	return nil
}

// otherSource is what is wanted of a source whose entity was changed through another.
var otherSource = Wish{Trigger: drift.TriggerSchedule, Actor: "a change of another source of the same entity", Full: true}

func (w *Write) other(source uuid.UUID) reconcile.Other {
	for _, o := range w.Entry.Others {
		if o.Source == source {
			return o
		}
	}
	return reconcile.Other{}
}

func (b *batch) putHead(source uuid.UUID, fromDocument, document string, before, after drift.Head) {
	b.ops = append(b.ops, headOp(source, document, after, b.store.first()))
	b.sourceStatus(source, before, after)
	if before.Revision > 0 {
		b.total(source, fromDocument, before, -1)
	}
	b.total(source, document, after, 1)
}

// sourceStatus keeps the sparse entries of a source's drifted and missing entities.
func (b *batch) sourceStatus(source uuid.UUID, before, after drift.Head) {
	if before.Status == after.Status {
		return
	}
	if sparse(before.Status) {
		b.ops = append(b.ops, table.Delete(sourceStatusKey(source, before.Status, before.EntityID), table.Any))
	}
	if sparse(after.Status) {
		body := small(namedRecord{ID: after.EntityID, Type: after.EntityType, Name: after.Name})
		b.ops = append(b.ops, table.Put(table.Item{Key: sourceStatusKey(source, after.Status, after.EntityID),
			Revision: b.store.first(), Body: body}, table.Any))
	}
}

// sparse statuses have entries of their own; current is everything else.
func sparse(s drift.Status) bool { return s == drift.Drifted || s == drift.Missing }

type namedRecord struct {
	ID   uuid.UUID `json:"id"`
	Type string    `json:"t"`
	Name string    `json:"n"`
}

func (b *batch) total(source uuid.UUID, document string, head drift.Head, n int) {
	k := totalKey(source, document, totalShard(head.EntityID))
	if b.totals[k] == nil {
		b.totals[k] = &Totals{}
	}
	b.totals[k].count(head, n)
}
