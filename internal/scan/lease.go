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
// mark with the holder and becomes that scan (false); what that scan would not do in
// its stead waits.
//
// ctx ends the wait, and own the scan: a lease is not left half taken by a caller that
// hangs up.
func (r *run) acquire(ctx, own context.Context) (bool, error) {
	waits := r.req.Push != nil || r.req.Force != uuid.Nil || r.req.ScanID != uuid.Nil
	var waited time.Duration
	for attempt := 0; ; attempt++ {
		lease, err := r.Store.Lease(ctx, r.source.ID)
		if err != nil {
			return false, err
		}
		switch held := lease.Held(r.Now()) && !(waits && r.isSilent(lease)); {
		case !held:
			if r.lease, err = r.Store.Begin(own, r.source.Ref(), lease, *r.holding(r.scan.ID, r.req.Trigger)); err == nil {
				r.sum.ItemsWritten++
				return true, r.acquired(own)
			}
		case waits && waited >= r.PushWait:
			return false, ErrRunning
		case !waits:
			wish := store.Wish{Trigger: r.req.Trigger, Actor: r.req.Actor, Full: r.req.Full}
			if err = r.Store.Want(ctx, r.source.Ref(), lease, wish); err == nil {
				r.scan.ID, r.scan.Trigger, r.scan.Actor, r.scan.StartedAt = lease.ScanID, lease.Trigger, lease.Actor, lease.StartedAt
				return false, nil
			}
		}
		if err != nil && !errors.Is(err, store.ErrConflict) {
			return false, err
		}
		pause, err := pause(ctx, attempt)
		if waited += pause; err != nil {
			return false, err
		}
	}
}

// acquired reads the source once more: it may have changed until the lease was taken.
func (r *run) acquired(ctx context.Context) error {
	source, err := r.Store.Source(ctx, r.source.ProjectID, r.source.ID)
	if err == nil {
		err = refuse(source, r.req)
	}
	if err != nil {
		return r.fail(ctx, err)
	}
	r.source = source
	return nil
}

// A scan renews its lease when it breathes, this long after it has last; one that has not
// for the time of silence is taken for dead by whoever waits for it. Others leave it the
// rest of its lease. A holder that lives all the same can write nothing more.
const (
	renewAfter = 10 * time.Second
	silence    = 20 * time.Second
)

// isSilent reports whether the holder of a lease shows no sign of life.
func (r *run) isSilent(lease store.Lease) bool {
	return lease.ExpiresAt.Add(-leaseTime).Add(silence).Before(r.Now())
}

// holding is the lease as this run wants it.
func (r *run) holding(scan uuid.UUID, trigger drift.Trigger) *store.Lease {
	return &store.Lease{ScanID: scan, Trigger: trigger, Actor: r.req.Actor, StartedAt: r.scan.StartedAt,
		ExpiresAt: r.Now().Add(leaseTime), Progress: r.sum.handled()}
}

// breathe is called between transactions and while a document is read, then by several
// goroutines: it stops at the deadline and renews the lease in time.
func (r *run) breathe(ctx context.Context) error {
	r.breath.Lock()
	defer r.breath.Unlock()
	now := r.Now()
	if !r.req.Deadline.IsZero() && !now.Before(r.req.Deadline) {
		return errStop
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if r.req.DryRun || r.lease.ExpiresAt.Sub(now) > leaseTime-renewAfter {
		return nil
	}
	renewed, err := r.Store.Renew(ctx, r.lease, *r.holding(r.scan.ID, r.req.Trigger))
	switch {
	case err == nil:
		r.lease = renewed
		r.sum.ItemsWritten++
	case errors.Is(err, store.ErrConflict) && r.lease.Held(now):
		return nil // at the next breath
	}
	return err
}

// pause waits a little longer at each attempt, with jitter, at most a quarter of a
// second, and says how long.
func pause(ctx context.Context, attempt int) (time.Duration, error) {
	limit := min(250, 5<<min(attempt, 6))
	d := time.Duration(1+rand.IntN(limit)) * time.Millisecond
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-timer.C:
		return d, nil
	}
}
