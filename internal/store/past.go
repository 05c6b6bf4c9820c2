package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/parallel"
	"plumbline/internal/table"
)

// An entity that is deleted leaves its history, and an entry by which the environment finds
// that when it is deleted itself: values stand in it, plain ones too.

// pastOp notes that a record which is being deleted leaves its history.
func (s *Store) pastOp(r *catalog.Record) table.Op {
	return table.Put(table.Item{Key: pastKey(r.EnvID, r.ID), Revision: s.first(), Body: small(idRecord{ID: r.ID})}, table.Any)
}

// Entities whose history is erased by one call, and at one time.
const (
	pastAtOnce  = 200
	pastWorkers = 8
)

// ErasePast erases the history of some entities that an environment had; more says that
// there may be others left. What a record is there of again keeps its history.
func (s *Store) ErasePast(ctx context.Context, env uuid.UUID) (more bool, err error) {
	var past []uuid.UUID
	for n := 0; n < shards && len(past) < pastAtOnce; n++ {
		for item, err := range s.items(ctx, table.Query{PK: pastPK(env, shardText(n)), Limit: pastAtOnce}) {
			if err != nil {
				return false, err
			}
			id, err := parseID(item.SK)
			if err != nil {
				return false, fmt.Errorf("item %s: %w", item.Key, err)
			}
			if past = append(past, id); len(past) == pastAtOnce {
				break
			}
		}
	}
	var group parallel.Group
	group.Limit = pastWorkers
	for _, entity := range past {
		group.Start(func() error { return s.eraseHistory(ctx, env, entity) })
	}
	return len(past) > 0, group.Wait()
}

// eraseHistory erases all that an entity has left, its entry last.
func (s *Store) eraseHistory(ctx context.Context, env, entity uuid.UUID) error {
	var ops []table.Op
	for item, err := range s.items(ctx, table.Query{PK: entityPK(entity)}) {
		if err != nil {
			return err
		}
		if item.Key == entityKey(entity) {
			return s.table.Write(ctx, table.Delete(pastKey(env, entity), table.Any))
		}
		if blob := blobOf(item); blob != "" {
			if err := s.blobs.DeleteBlob(ctx, blob); err != nil {
				return fmt.Errorf("delete blob %s: %w", blob, err)
			}
		}
		if ops = append(ops, table.Delete(item.Key, table.Any)); len(ops) == table.MaxOps {
			if err := s.table.Write(ctx, ops...); err != nil {
				return fmt.Errorf("erase the history of entity %s: %w", entity, err)
			}
			ops = nil
		}
	}
	ops = append(ops, table.Delete(pastKey(env, entity), table.Any))
	if err := s.table.Write(ctx, ops...); err != nil {
		return fmt.Errorf("erase the history of entity %s: %w", entity, err)
	}
	return nil
}
