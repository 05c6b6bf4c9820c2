package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/table"
)

// proposals writes what a change does to proposals: the one it opens or stamps anew,
// the ones it ends, the one a person decided.
func (b *batch) proposals(ctx context.Context, w *Write) error {
	opened := uuid.Nil
	if open := w.Change.Open; open != nil {
		opened = open.ID
		if err := b.open(ctx, w, *open); err != nil {
			return err
		}
	}
	if w.Decision != nil {
		before := *w.Decision
		before.Status = drift.Pending
		if err := b.move(ctx, w, before, *w.Decision); err != nil {
			return err
		}
	}
	if id := w.Change.Supersede; id != uuid.Nil && (w.Decision == nil || w.Decision.ID != id) {
		if w.Entry.Pending == nil || w.Entry.Pending.ID != id {
			return fmt.Errorf("proposal %s: %w", id, ErrConflict)
		}
		if err := b.supersede(ctx, w, *w.Entry.Pending, opened); err != nil {
			return err
		}
	}
	for _, effect := range w.Change.Others {
		if effect.Supersede == uuid.Nil {
			continue
		}
		if err := b.supersede(ctx, w, *w.other(effect.Source).Pending, uuid.Nil); err != nil {
			return err
		}
	}
	return nil
}

// open writes a new pending proposal, or the pending one with its digests under a
// new key.
func (b *batch) open(ctx context.Context, w *Write, p drift.Proposal) error {
	p.ProjectID, p.CreatedAt, p.ScanID = w.Source.ProjectID, w.At, w.ScanID
	stamped := w.Entry.Pending != nil && w.Entry.Pending.ID == p.ID
	if stamped {
		p.CreatedAt, p.ScanID, p.Revision = w.Entry.Pending.CreatedAt, w.Entry.Pending.ScanID, w.Entry.Pending.Revision
	}
	op, err := b.store.proposalOp(ctx, p)
	if err != nil {
		return err
	}
	b.ops = append(b.ops, op)
	if stamped {
		b.oldBlobs = append(b.oldBlobs, w.Entry.blobs[p.ID])
	} else {
		b.ops = append(b.ops,
			b.listed(p),
			table.Put(table.Item{Key: entityProposalKey(p.EntityID, p.ID), Revision: b.store.first(), Body: small(idRecord{ID: p.SourceID})}, table.Any))
	}
	return nil
}

func (b *batch) supersede(ctx context.Context, w *Write, p drift.Proposal, by uuid.UUID) error {
	after, ok := p.Supersede(by, w.At)
	if !ok {
		return fmt.Errorf("proposal %s is %s: %w", p.ID, p.Status, ErrConflict)
	}
	return b.move(ctx, w, p, after)
}

// move writes a proposal and takes it from one status list to another.
func (b *batch) move(ctx context.Context, w *Write, before, after drift.Proposal) error {
	op, err := b.store.proposalOp(ctx, after)
	if err != nil {
		return err
	}
	b.oldBlobs = append(b.oldBlobs, w.Entry.blobs[before.ID])
	b.ops = append(b.ops, op, table.Delete(proposalListKey(before), table.Any), b.listed(after))
	return nil
}

func (b *batch) listed(p drift.Proposal) table.Op {
	return table.Put(table.Item{Key: proposalListKey(p), Revision: b.store.first(), Body: small(idRecord{ID: p.ID})}, table.Any)
}
