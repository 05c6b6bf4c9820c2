package store

import (
	"context"

	"plumbline/internal/drift"
	"plumbline/internal/table"
)

// Erase removes up to limit items that only a source had: documents with their
// scopes, scans, totals, proposals. It takes place under the lease, which stays, so
// that its token is never used again; more says that there is more to erase.
func (s *Store) Erase(ctx context.Context, held Lease, limit int) (more bool, err error) {
	var ops []table.Op
	gather := func(q table.Query) error {
		for item, err := range s.items(ctx, q) {
			if err != nil {
				return err
			}
			if item.Key == leaseKey(held.Source) {
				continue
			}
			if len(ops) >= limit {
				more = true
				return nil
			}
			ops = append(ops, table.Delete(item.Key, table.Any))
			if blob := blobOf(item); blob != "" {
				if err := s.blobs.DeleteBlob(ctx, blob); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if err := gather(table.Query{PK: sourcePK(held.Source), Limit: limit + 1}); err != nil {
		return false, err
	}
	for n := 0; n < shards && !more; n++ {
		shard := shardText(n)
		partitions := []string{sourcePK(held.Source) + "#P#" + shard}
		for _, status := range []drift.ProposalStatus{drift.Pending, drift.Approved, drift.Rejected, drift.Superseded} {
			partitions = append(partitions, proposalListPK(held.Source, status, shard))
		}
		for _, pk := range partitions {
			if err := gather(table.Query{PK: pk, Limit: limit + 1}); err != nil {
				return false, err
			}
		}
	}
	if len(ops) == 0 {
		return false, nil
	}
	return more, held.lost(s.table.Write(ctx, append(ops, held.check())...))
}
