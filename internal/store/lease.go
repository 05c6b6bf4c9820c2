package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/table"
)

// Lease is the right to scan a source, until it expires. It is never deleted, so its
// revision, the token that every transaction of the scan checks, is never used
// twice.
type Lease struct {
	Source    uuid.UUID
	ScanID    uuid.UUID // the scan that holds or last held it
	Trigger   drift.Trigger
	Actor     string
	StartedAt time.Time
	ExpiresAt time.Time // zero: free
	// Progress is how many entities the scan has handled.
	Progress int
	// Left is why the holder let go before the end of its scan was written, see [Store.Leave].
	Left string
	// WatchedUntil is when the last watch that was left with the lease is due.
	WatchedUntil time.Time
	revision     int64
}

// Held reports whether somebody holds the lease at that time.
func (l Lease) Held(now time.Time) bool { return l.ExpiresAt.After(now) }

type leaseRecord struct {
	ScanID   uuid.UUID     `json:"scanId"`
	Trigger  drift.Trigger `json:"trigger"`
	Actor    string        `json:"actor,omitzero"`
	Started  int64         `json:"started"`
	Expires  int64         `json:"expires,omitzero"`
	Progress int           `json:"progress,omitzero"`
	Left     string        `json:"left,omitzero"`
	Watched  int64         `json:"watched,omitzero"`
}

// Lease returns the source's lease as it is; one that was never taken is free.
func (s *Store) Lease(ctx context.Context, source uuid.UUID) (Lease, error) {
	item, err := s.get(ctx, leaseKey(source))
	if errors.Is(err, ErrNotFound) {
		return Lease{Source: source}, nil
	}
	if err != nil {
		return Lease{}, err
	}
	return s.lease(ctx, source, item)
}

func (s *Store) lease(ctx context.Context, source uuid.UUID, item table.Item) (Lease, error) {
	var r leaseRecord
	if err := s.decode(ctx, item, &r); err != nil {
		return Lease{}, err
	}
	return Lease{Source: source, ScanID: r.ScanID, Trigger: r.Trigger, Actor: r.Actor, StartedAt: fromMicros(r.Started),
		ExpiresAt: fromMicros(r.Expires), Progress: r.Progress, Left: r.Left, WatchedUntil: fromMicros(r.Watched), revision: item.Revision}, nil
}

// Leases returns the leases of several sources, by source; those never taken are
// left out.
func (s *Store) Leases(ctx context.Context, sources []uuid.UUID) (map[uuid.UUID]Lease, error) {
	keys := make([]table.Key, len(sources))
	byPK := make(map[string]uuid.UUID, len(sources))
	for i, id := range sources {
		keys[i], byPK[sourcePK(id)] = leaseKey(id), id
	}
	items, err := s.batchGet(ctx, keys)
	if err != nil {
		return nil, err
	}
	leases := make(map[uuid.UUID]Lease, len(items))
	for _, item := range items {
		id := byPK[item.PK]
		if leases[id], err = s.lease(ctx, id, item); err != nil {
			return nil, err
		}
	}
	return leases, nil
}

// Begin is [Store.Acquire] for a scan of a source: in the same transaction a watch is left
// with the lease, and the scan of a holder that never freed it ends in the history.
func (s *Store) Begin(ctx context.Context, ref drift.SourceRef, read, want Lease) (Lease, error) {
	want.Source, want.revision, want.WatchedUntil = read.Source, read.revision+1, read.WatchedUntil
	var ops []table.Op
	if !read.ExpiresAt.IsZero() && read.ScanID != want.ScanID {
		op, _, err := s.died(ctx, read)
		if err != nil {
			return Lease{}, err
		}
		ops = append(ops, op)
	}
	if op, ok := s.watchOp(ref, &want); ok {
		ops = append(ops, op)
	}
	if err := s.table.Write(ctx, append(ops, leaseOp(read, want))...); err != nil {
		return Lease{}, fmt.Errorf("lease of source %s: %w", read.Source, err)
	}
	return want, nil
}

// Acquire takes a lease as it was read, whoever has it; [ErrConflict] when somebody was
// quicker.
func (s *Store) Acquire(ctx context.Context, read, want Lease) (Lease, error) {
	return s.putLease(ctx, read, want)
}

// Renew moves the expiry of a lease that is held; [ErrLeaseLost] when it is no more,
// [ErrConflict] when another transaction only was in the way.
func (s *Store) Renew(ctx context.Context, held, want Lease) (Lease, error) {
	renewed, err := s.putLease(ctx, held, want)
	return renewed, held.lost(err)
}

func (s *Store) putLease(ctx context.Context, read, want Lease) (Lease, error) {
	want.Source, want.revision, want.WatchedUntil = read.Source, read.revision+1, read.WatchedUntil
	if err := s.table.Write(ctx, leaseOp(read, want)); err != nil {
		return Lease{}, fmt.Errorf("lease of source %s: %w", read.Source, err)
	}
	return want, nil
}

func leaseOp(read, want Lease) table.Op {
	when := table.At(read.revision)
	if read.revision == 0 {
		when = table.Absent
	}
	return table.Put(table.Item{Key: leaseKey(read.Source), Revision: read.revision + 1, Body: small(leaseRecord{
		ScanID: want.ScanID, Trigger: want.Trigger, Actor: want.Actor, Started: micros(want.StartedAt),
		Expires: micros(want.ExpiresAt), Progress: want.Progress, Left: want.Left, Watched: micros(want.WatchedUntil)})}, when)
}

// check makes a transaction depend on the lease.
func (l Lease) check() table.Op { return table.Check(leaseKey(l.Source), table.At(l.revision)) }

// lost turns a failed check of the lease into [ErrLeaseLost].
func (l Lease) lost(err error) error {
	var conflict *table.ConflictError
	if errors.As(err, &conflict) && slices.Contains(conflict.Failed, leaseKey(l.Source)) {
		return ErrLeaseLost
	}
	return err
}
