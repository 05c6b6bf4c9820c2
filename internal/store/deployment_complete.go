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
// recorded before there were rows, and have not changed since in what a row holds. Rows
// and lists come by name, so that the two are gone through side by side.
func (rows *deploymentRows) complete(ctx context.Context, s *Store, env uuid.UUID, shard string) error {
	components := make([]string, len(rows.components))
	for i, c := range rows.components {
		components[i] = c.Name
	}
	states := make([]string, len(rows.states))
	for i, state := range rows.states {
		states[i] = state.Name
	}
	for entityType, known := range map[string][]string{deployment.TypeComponent: components, deployment.TypeState: states} {
		missing, err := s.without(ctx, typeListPK(env, shard), entityType, known)
		if err != nil {
			return err
		}
		for some := range slices.Chunk(missing, completed) {
			if err := rows.fromEntities(ctx, s, env, some); err != nil {
				return err
			}
		}
	}
	return nil
}

// without lists the entities of a type whose name is not among the sorted ones.
func (s *Store) without(ctx context.Context, pk, entityType string, known []string) (missing []uuid.UUID, err error) {
	for item, err := range s.items(ctx, rangeOf(pk, entityType+"\x00", "", 0)) {
		if err != nil {
			return nil, err
		}
		_, name, _ := strings.Cut(item.SK, "\x00")
		for len(known) > 0 && known[0] < name {
			known = known[1:]
		}
		if len(known) > 0 && known[0] == name {
			continue
		}
		var r idRecord
		if err := s.decode(ctx, item, &r); err != nil {
			return nil, err
		}
		missing = append(missing, r.ID)
	}
	return missing, nil
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
