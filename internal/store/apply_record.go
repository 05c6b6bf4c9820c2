package store

import (
	"context"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/reconcile"
	"plumbline/internal/table"
)

// record writes the entity and the lists that it stands in.
func (b *batch) record(ctx context.Context, w *Write) error {
	before, after := w.Entry.Record, w.Change.Record
	if after != nil || w.Change.Delete {
		b.oldBlobs = append(b.oldBlobs, w.Entry.blobs[w.Entry.EntityID])
	}
	switch {
	case w.Change.Delete:
		b.ops = append(b.ops, table.Delete(entityKey(before.ID), table.At(before.Revision)), b.store.pastOp(before))
		b.unlist(before)
		return nil
	case after == nil:
		return nil
	case before == nil:
		after.CreatedAt = w.At
		b.list(after)
	}
	after.UpdatedAt = w.At
	op, err := b.store.entityOp(ctx, after)
	if err != nil {
		return err
	}
	b.ops = append(b.ops, op)
	return nil
}

func (b *batch) list(r *catalog.Record) {
	body := small(idRecord{ID: r.ID})
	for _, k := range listKeys(r) {
		b.ops = append(b.ops, table.Put(table.Item{Key: k, Revision: b.store.first(), Body: body}, table.Any))
	}
}

func (b *batch) unlist(r *catalog.Record) {
	for _, k := range listKeys(r) {
		b.ops = append(b.ops, table.Delete(k, table.Any))
	}
}

// event leaves one for each applied change, and gives its id, [uuid.Nil] for none.
func (b *batch) event(ctx context.Context, w *Write) (uuid.UUID, error) {
	e := Event{Entity: w.Entry.EntityID, At: w.At, Actor: w.Actor, Source: w.Source.ID, ScanID: w.ScanID, Action: "updated"}
	switch {
	case w.Entry.Record == nil && w.Change.Record != nil:
		e.Action = "created"
	case w.Change.Delete:
		e.Action = "deleted"
	case w.Change.Outcome == reconcile.Removed && w.Change.Record != nil:
		e.Action = "removed"
	case len(w.Change.Applied) == 0:
		return uuid.Nil, nil
	}
	if w.Entry.Record != nil {
		e.FromRevision = w.Entry.Record.Revision
	}
	if w.Decision != nil {
		e.Proposal, e.ScanID = w.Decision.ID, uuid.Nil
	}
	var err error
	if e.ID, err = uuid.NewV7(); err != nil {
		return uuid.Nil, err
	}
	if !w.Change.Delete {
		e.Patch = patchOf(w.Change.Applied)
	}
	op, err := b.store.eventOp(ctx, e, b.store.first())
	b.ops = append(b.ops, op)
	return e.ID, err
}
