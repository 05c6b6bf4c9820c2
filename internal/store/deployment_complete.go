package store

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"plumbline/internal/deployment"
	"plumbline/internal/drift"
)

// completed is how many entities are read at once.
const completed = 100

// complete adds what the shard's entities say for which there is no row: those that were
// recorded before there were rows, and have not changed since in what a row holds.
func (rows *deploymentRows) complete(ctx context.Context, s *Store, env uuid.UUID, shard string) error {
	known := map[string]bool{}
	for _, c := range rows.components {
		known[deployment.TypeComponent+"\x00"+c.Name] = true
	}
	for _, state := range rows.states {
		known[deployment.TypeState+"\x00"+state.Name] = true
	}
	var missing []uuid.UUID
	for _, entityType := range []string{deployment.TypeComponent, deployment.TypeState} {
		for item, err := range s.items(ctx, rangeOf(typeListPK(env, shard), entityType+"\x00", "", 0)) {
			if err != nil {
				return err
			}
			if _, name, _ := strings.Cut(item.SK, "\x00"); !known[entityType+"\x00"+name] {
				var r idRecord
				if err := s.decode(ctx, item, &r); err != nil {
					return err
				}
				missing = append(missing, r.ID)
			}
		}
	}
	for some := range slices.Chunk(missing, completed) {
		if err := rows.fromEntities(ctx, s, env, some); err != nil {
			return err
		}
	}
	return nil
}

func (rows *deploymentRows) fromEntities(ctx context.Context, s *Store, env uuid.UUID, ids []uuid.UUID) error {
	records, err := s.Entities(ctx, ids)
	if err != nil {
		return err
	}
	shares, err := s.Shares(ctx, records)
	if err != nil {
		return err
	}
	for _, record := range records {
		statuses := map[uuid.UUID]drift.Status{}
		for _, share := range shares[record.ID] {
			statuses[share.Source] = share.Head.Status
		}
		if item, ok := deploymentItem(record, statuses); ok {
			if err := rows.add(ctx, s, env, item); err != nil {
				return err
			}
		}
	}
	return nil
}
