package scan

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/store"
)

// acquire takes the source's lease. Where another scan holds it, a pull leaves its
// mark with the holder and becomes that scan (false); a push waits.
func (r *run) acquire(ctx context.Context) (bool, error) {
	patience := r.Now().Add(r.PushWait)
	for attempt := 0; ; attempt++ {
		lease, err := r.Store.Lease(ctx, r.source.ID)
		if err != nil {
			return false, err
		}
		if !lease.Held(r.Now()) {
			r.lease, err = r.Store.Acquire(ctx, lease, *r.holding(r.scan.ID, r.req.Trigger))
			if err == nil {
				r.sum.ItemsWritten++
				r.source, err = r.Store.Source(ctx, r.source.ProjectID, r.source.ID)
				return true, err
			}
		} else if r.req.Push == nil {
			err = r.Store.Want(ctx, r.source.Ref(), lease, string(r.req.Trigger))
			if err == nil {
				r.scan.ID, r.scan.Trigger, r.scan.StartedAt = lease.ScanID, lease.Trigger, lease.StartedAt
				return false, nil
			}
		}
		switch {
		case err != nil && !errors.Is(err, store.ErrConflict):
			return false, err
		case r.req.Push != nil && r.Now().After(patience), attempt > 1000:
			return false, ErrRunning
		}
		if err := pause(ctx, attempt); err != nil {
			return false, err
		}
	}
}

// holding is the lease as this run wants it.
func (r *run) holding(scan uuid.UUID, trigger drift.Trigger) *store.Lease {
	return &store.Lease{ScanID: scan, Trigger: trigger, Actor: r.req.Actor, StartedAt: r.scan.StartedAt,
		ExpiresAt: r.Now().Add(leaseTime), Progress: r.sum.handled()}
}

// breathe is called between transactions and while a document is read: it stops at
// the deadline and renews the lease in time.
func (r *run) breathe(ctx context.Context) error {
	now := r.Now()
	if !r.req.Deadline.IsZero() && !now.Before(r.req.Deadline) {
		return errStop
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if r.req.DryRun || r.lease.ExpiresAt.Sub(now) > leaseTime*2/3 {
		return nil
	}
	renewed, err := r.Store.Renew(ctx, r.lease, *r.holding(r.scan.ID, r.req.Trigger))
	if err == nil {
		r.lease = renewed
		r.sum.ItemsWritten++
	}
	return err
}

// pause waits a little longer at each attempt, with jitter, at most a quarter of a
// second.
func pause(ctx context.Context, attempt int) error {
	limit := min(250, 5<<min(attempt, 6))
	timer := time.NewTimer(time.Duration(1+rand.IntN(limit)) * time.Millisecond)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
