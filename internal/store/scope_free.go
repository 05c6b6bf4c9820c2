package store

import (
	"context"

	"github.com/google/uuid"

	"plumbline/internal/table"
)

// freedAtOnce is how many scopes are given back in one transaction.
const freedAtOnce = 90

// FreeScopes gives back every scope of an environment that the source of the lease has
// claimed, whether or not a document of it still says so.
func (s *Store) FreeScopes(ctx context.Context, held Lease, env uuid.UUID) error {
	var ops []table.Op
	free := func() error {
		if len(ops) == 0 {
			return nil
		}
		err := s.table.Write(ctx, append(ops, held.check())...)
		ops = nil
		return held.lost(err)
	}
	for item, err := range s.items(ctx, rangeOf(scopePK(env), scopePrefix, "", 0)) {
		if err != nil {
			return err
		}
		var claim scopeRecord
		if err := s.decode(ctx, item, &claim); err != nil {
			return err
		}
		if claim.Source != held.Source {
			continue
		}
		if ops = append(ops, table.Delete(item.Key, table.At(item.Revision))); len(ops) == freedAtOnce {
			if err := free(); err != nil {
				return err
			}
		}
	}
	return free()
}
