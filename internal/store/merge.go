package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/table"
)

// merged reads one page of a list that is spread over shards, in the order of the
// sort keys. Every shard is asked for the items behind the cursor, and the smallest
// are taken; where a shard's page ends early, nothing behind its end is. Nothing has a
// prefix that is longer than a sort key.
func (s *Store) merged(ctx context.Context, pk func(shard string) string, prefix, cursor string, limit int) ([]table.Item, string, error) {
	switch {
	case len(prefix) > table.MaxSK:
		return nil, "", nil
	case len(cursor) > table.MaxSK:
		return nil, "", ErrBadCursor
	}
	q := rangeOf("", prefix, "", limit)
	q.After = cursor
	return s.mergedOf(ctx, pk, q)
}

// mergedOf is [Store.merged] of what a query asks of each shard.
func (s *Store) mergedOf(ctx context.Context, pk func(shard string) string, q table.Query) ([]table.Item, string, error) {
	limit := q.Limit
	var all []table.Item
	edge, more := "", false
	for n := range shards {
		q.PK = pk(shardText(n))
		p, err := s.table.Query(ctx, q)
		if err != nil {
			return nil, "", fmt.Errorf("query %s: %w", q.PK, err)
		}
		all = append(all, p.Items...)
		if p.Next != "" && (!more || p.Next < edge) {
			edge, more = p.Next, true
		}
	}
	slices.SortFunc(all, func(a, b table.Item) int { return strings.Compare(a.SK, b.SK) })
	if more {
		end, _ := slices.BinarySearchFunc(all, edge, func(i table.Item, sk string) int {
			if i.SK <= sk {
				return -1
			}
			return 1
		})
		all = all[:end]
	}
	switch {
	case len(all) > limit:
		all = all[:limit]
		return all, all[limit-1].SK, nil
	case more:
		return all, edge, nil
	}
	return all, "", nil
}
