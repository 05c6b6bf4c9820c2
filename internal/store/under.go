package store

import (
	"context"
	"slices"

	"plumbline/internal/table"
)

// Under is the store whose every write takes place only while the lease is held
// ([ErrLeaseLost] otherwise), for what a scan writes beside its entities. A transaction
// has room for one op less.
func (s *Store) Under(held Lease) *Store { return s.With(leased{Table: s.table, held: held}) }

// leased adds the check of a lease to every write.
type leased struct {
	table.Table
	held Lease
}

func (l leased) Write(ctx context.Context, ops ...table.Op) error {
	return l.held.lost(l.Table.Write(ctx, append(slices.Clip(ops), l.held.check())...))
}
