package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
)

// Suspend stores what a scan found so far and frees its lease, so that it can go on
// elsewhere. decided counts the declarations that it need not decide again: whoever
// goes on finds them unchanged. A watch is left over the rest, in the same transaction.
func (s *Store) Suspend(ctx context.Context, held Lease, scan drift.Scan, decided int, rest Rest) error {
	op, err := s.scanOp(ctx, scan, decided)
	if err != nil {
		return err
	}
	free := held
	free.ExpiresAt = time.Time{}
	if err := s.table.Write(ctx, op, leaseOp(held, free), s.restOp(rest, s.now().Add(restPatience))); err != nil {
		return fmt.Errorf("suspend scan %s: %w", scan.ID, held.lost(err))
	}
	return nil
}

// Suspended returns a scan with its count of decided declarations, or [ErrNotFound].
func (s *Store) Suspended(ctx context.Context, source, id uuid.UUID) (scan drift.Scan, decided int, err error) {
	item, err := s.get(ctx, scanKey(source, id))
	if err != nil {
		return drift.Scan{}, 0, err
	}
	var r scanRecord
	if err := s.decode(ctx, item, &r); err != nil {
		return drift.Scan{}, 0, err
	}
	scan, err = s.scan(ctx, item)
	return scan, r.Decided, err
}

// Abandon ends the record of a suspended scan that nobody goes on with; one that is
// not suspended stays as it is.
func (s *Store) Abandon(ctx context.Context, source, id uuid.UUID, reason string) error {
	scan, decided, err := s.Suspended(ctx, source, id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil || scan.Status != drift.ScanRunning {
		return err
	}
	scan.Status, scan.EndedAt, scan.Summary.Reason = drift.ScanFailed, s.now(), reason
	op, err := s.scanOp(ctx, scan, decided)
	if err != nil {
		return err
	}
	return s.table.Write(ctx, op)
}

// Leave lets go of a lease when the end of its scan could not be written, as on a full
// disk: the scan then ends in the history, failed for the reason, by whoever takes the
// lease next, or by the watch. The error is that of [Store.Release].
func (s *Store) Leave(ctx context.Context, held Lease, reason string) error {
	held.Left = reason
	return s.free(ctx, held, s.now())
}

// Release frees a lease without a trace. A mark that a trigger left stays, with its
// due entry.
func (s *Store) Release(ctx context.Context, held Lease) error {
	return s.free(ctx, held, time.Time{})
}

func (s *Store) free(ctx context.Context, held Lease, expires time.Time) error {
	free := held
	free.ExpiresAt = expires
	err := s.table.Write(ctx, leaseOp(held, free))
	if errors.Is(err, ErrConflict) {
		return ErrLeaseLost
	}
	return err
}
