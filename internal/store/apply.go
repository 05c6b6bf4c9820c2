package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
	"plumbline/internal/table"
)

// Write is the change of one entity, to be stored with all that follows from it.
type Write struct {
	Source   drift.Source
	Document string
	Entry    Entry
	Change   reconcile.Change
	// Delta is how the declaration changed, zero for a decision.
	Delta reconcile.Delta
	// Decision is the proposal that a person decided, nil for a scan.
	Decision *drift.Proposal
	Actor    string
	ScanID   uuid.UUID
	At       time.Time
}

// Apply stores changes all or nothing. Under a lease it takes place only while the
// lease is held ([ErrLeaseLost]); nil is for decisions, which no scan makes. What
// moved since it was read is [ErrConflict], too many or too big changes are
// [table.ErrTooLarge] or [table.ErrInvalid]: apply fewer at once. The items written
// are returned.
func (s *Store) Apply(ctx context.Context, held *Lease, writes []Write) (items int, err error) {
	b := newBatch(s)
	for i := range writes {
		if err := b.add(ctx, &writes[i]); err != nil {
			return 0, err
		}
	}
	if err := b.close(ctx); err != nil {
		return 0, err
	}
	if len(b.ops) == 0 {
		return 0, nil
	}
	written := 0
	for _, op := range b.ops {
		if op.Kind != table.OpCheck {
			written++
		}
	}
	if held != nil {
		b.ops = append(b.ops, held.check())
	}
	if err := s.table.Write(ctx, b.ops...); err != nil {
		if held != nil {
			err = held.lost(err)
		}
		return 0, fmt.Errorf("apply %d changes: %w", len(writes), s.undo(ctx, err, b.ops, b.oldBlobs...))
	}
	return written, s.dropBlobs(ctx, b.oldBlobs, b.ops)
}

// IsTooMuch reports whether fewer changes at once could pass.
func IsTooMuch(err error) bool {
	return errors.Is(err, table.ErrTooLarge) || errors.Is(err, table.ErrInvalid)
}

// batch gathers the ops of several changes; items that several changes share, totals
// and identities, are gathered first and written once.
type batch struct {
	store      *Store
	ops        []table.Op
	totals     map[table.Key]*Totals
	identities map[table.Key]*identityDelta
	// due are the other sources that are due for a full scan: one entry each.
	due      map[uuid.UUID]bool
	deltas   deltas
	oldBlobs []string
}

func newBatch(s *Store) *batch {
	return &batch{store: s, totals: map[table.Key]*Totals{}, identities: map[table.Key]*identityDelta{}, due: map[uuid.UUID]bool{}}
}

func (b *batch) add(ctx context.Context, w *Write) error {
	if w.Change.Empty() && !w.moved() {
		return nil
	}
	for _, step := range []func(context.Context, *Write) error{b.record, b.heads, b.proposals} {
		if err := step(ctx, w); err != nil {
			return err
		}
	}
	event, err := b.event(ctx, w)
	if err != nil {
		return err
	}
	b.envStatus(w)
	b.identify(w)
	b.deployment(w)
	b.relies(w)
	return b.redeclared(w, event)
}

// moved: the entity's head has to go from one document of the source to another.
func (w *Write) moved() bool {
	return w.Entry.Head.Revision > 0 && w.Entry.HeadDocument != w.Document
}

// close adds what several changes share.
func (b *batch) close(ctx context.Context) error {
	if err := b.closeTotals(ctx); err != nil {
		return err
	}
	return b.closeIdentities(ctx)
}

func (b *batch) closeTotals(ctx context.Context) error {
	var keys []table.Key
	for k, t := range b.totals {
		if *t != (Totals{}) {
			keys = append(keys, k)
		}
	}
	wanted, tally := keys, deltaTallyKey(b.deltas.source, b.deltas.scan)
	if len(b.deltas.records) > 0 {
		wanted = append(slices.Clip(keys), tally)
	}
	items, err := b.store.batchGet(ctx, wanted)
	if err != nil {
		return err
	}
	found := make(map[table.Key]table.Item, len(items))
	for _, item := range items {
		found[item.Key] = item
	}
	for _, k := range keys {
		sum := *b.totals[k]
		if item := found[k]; item.Revision > 0 {
			var r totalsRecord
			if err := b.store.decode(ctx, item, &r); err != nil {
				return err
			}
			sum.Add(Totals(r))
		}
		b.ops = append(b.ops, totalsOp(k, found[k], sum, b.store.first()))
	}
	return b.closeDeltas(ctx, found[tally])
}
