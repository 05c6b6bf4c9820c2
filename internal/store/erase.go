package store

import (
	"context"
	"strings"

	"plumbline/internal/drift"
	"plumbline/internal/table"
)

// Erase removes up to about limit items that only a source had: documents with their
// scopes, scans with their deltas, totals, proposals. It takes place under the lease,
// which stays, so that its token is never used again; more says that there is more to
// erase.
func (s *Store) Erase(ctx context.Context, held Lease, limit int) (more bool, err error) {
	e := eraser{Store: s, held: held, limit: limit}
	if err := e.deltas(ctx); err != nil {
		return false, err
	}
	if err := e.gather(ctx, sourcePK(held.Source)); err != nil {
		return false, err
	}
	for n := 0; n < shards; n++ {
		shard := shardText(n)
		partitions := []string{proposalPK(held.Source, shard)}
		for _, status := range []drift.ProposalStatus{drift.Pending, drift.Approved, drift.Rejected, drift.Superseded} {
			partitions = append(partitions, proposalListPK(held.Source, status, shard))
		}
		for _, pk := range partitions {
			if err := e.gather(ctx, pk); err != nil {
				return false, err
			}
		}
	}
	if len(e.ops) == 0 {
		return false, nil
	}
	return e.more, held.lost(s.table.Write(ctx, append(e.ops, held.check())...))
}

// eraser gathers what is erased at once.
type eraser struct {
	*Store
	held  Lease
	limit int
	ops   []table.Op
	more  bool
}

// full reports, and notes, that n items more are too many.
func (e *eraser) full(n int) bool {
	e.more = e.more || len(e.ops)+n > e.limit
	return e.more
}

// gather takes the items of a partition, with their blobs.
func (e *eraser) gather(ctx context.Context, pk string) error {
	if e.more {
		return nil
	}
	for item, err := range e.items(ctx, table.Query{PK: pk, Limit: e.limit + 1}) {
		if err != nil {
			return err
		}
		if item.Key == leaseKey(e.held.Source) || strings.HasPrefix(item.SK, deltaTallyPrefix) {
			continue
		}
		if e.full(1) {
			return nil
		}
		e.ops = append(e.ops, table.Delete(item.Key, table.Any))
		if blob := blobOf(item); blob != "" {
			if err := e.blobs.DeleteBlob(ctx, blob); err != nil {
				return err
			}
		}
	}
	return nil
}

// deltas takes the tally of every scan once its deltas are taken, with the patches that
// are kept for them beside the entities.
func (e *eraser) deltas(ctx context.Context) error {
	for tally, err := range e.items(ctx, rangeOf(sourcePK(e.held.Source), deltaTallyPrefix, "", 0)) {
		if err != nil {
			return err
		}
		for item, err := range e.items(ctx, table.Query{PK: tally.PK + "#" + tally.SK, Limit: e.limit}) {
			if err != nil {
				return err
			}
			if err := e.deltaItem(ctx, item); err != nil || e.more {
				return err
			}
		}
		if e.full(1) {
			return nil
		}
		e.ops = append(e.ops, table.Delete(tally.Key, table.Any))
	}
	return nil
}

func (e *eraser) deltaItem(ctx context.Context, item table.Item) error {
	found, err := e.deltasOf(ctx, e.held.Source, item)
	if err != nil || e.full(1+len(found)) {
		return err
	}
	e.ops = append(e.ops, table.Delete(item.Key, table.Any))
	for _, d := range found {
		if strings.HasPrefix(d.patch.SK, deltaPatchPrefix) {
			e.ops = append(e.ops, table.Delete(d.patch, table.Any))
		}
	}
	return nil
}
