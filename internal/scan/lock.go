package scan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/go-json-experiment/json"

	"plumbline/internal/drift"
	"plumbline/internal/object"
	"plumbline/internal/place"
	"plumbline/internal/store"
)

// Retries of a locked state: 5 minutes, doubling to 1 hour; after 6 hours it is
// scanned all the same, with a warning.
const (
	lockRetry    = 5 * time.Minute
	lockRetryMax = time.Hour
	lockPatience = 6 * time.Hour
)

// lock is what is known of a state's lock.
type lock struct {
	held   bool
	holder string // "alice@host, OperationTypeApply", or that it is not known
	// denied: we may not look, which counts as no lock.
	denied bool
}

// lockInfo is the body of a lock object; the names are Terraform's, case-sensitive.
type lockInfo struct {
	Who       string `json:"Who"`
	Operation string `json:"Operation"`
}

// lockOf looks for the lock object of a state. A listing has shown already whether
// there is one.
func (r *run) lockOf(ctx context.Context, f found) (lock, error) {
	at := f.at.Lock()
	if f.listed && !f.locked {
		return lock{}, nil
	}
	_, err := r.Objects.Head(ctx, at)
	switch {
	case errors.Is(err, object.ErrNotFound):
		return lock{}, nil
	case errors.Is(err, object.ErrDenied):
		return lock{denied: true}, nil
	case err != nil:
		return lock{}, err
	}
	return lock{held: true, holder: r.lockHolder(ctx, at)}, nil
}

const unknownHolder = "an unknown holder"

// lockHolder reads who holds a lock.
func (r *run) lockHolder(ctx context.Context, at place.Location) string {
	body, _, err := r.Objects.Open(ctx, at, object.Pin{})
	if err != nil {
		return unknownHolder
	}
	defer body.Close()
	var info lockInfo
	if err := json.UnmarshalRead(io.LimitReader(body, 64<<10), &info); err != nil || info.Who == "" {
		return unknownHolder
	}
	if info.Operation == "" {
		return info.Who
	}
	return info.Who + ", " + info.Operation
}

// mustWait decides about a state that is locked: it waits and is retried, or it is
// scanned with a warning because it has been locked for too long.
func (r *run) mustWait(ctx context.Context, d *document, f found) (bool, error) {
	if !r.source.Settings.Kind.IsLocked() {
		return false, nil
	}
	l, err := r.lockOf(ctx, f)
	if err != nil {
		return false, err
	}
	if l.denied {
		r.sum.warn(d.URI, "", "the lock object may not be looked at: taken as not locked")
	}
	if !l.held {
		d.LockedSince = time.Time{}
		return false, nil
	}
	now := r.Now()
	if d.LockedSince.IsZero() {
		d.LockedSince = now
	}
	if now.Sub(d.LockedSince) >= lockPatience {
		r.sum.warn(d.URI, "", fmt.Sprintf("locked by %s since %s: scanned all the same", l.holder, d.LockedSince.UTC().Format(time.RFC3339)))
		return false, nil
	}
	if !r.req.DryRun {
		wish := store.Wish{Trigger: drift.TriggerSchedule, Actor: "another look at a state that was locked"}
		if err := r.Store.Under(r.lease).Retry(ctx, r.source.Ref(), nextRetry(d.LockedSince, now), wish); err != nil {
			return false, err
		}
	}
	return true, r.close(ctx, d.end(drift.ScanLocked, "the state is locked by "+l.holder))
}

// onlyWaits reports whether the scan found nothing to do but to wait for a lock, though no
// caller asked: it is not in the history, as the one that follows the lock is. The clock's
// first look that finds the lock still there is told, its later ones are not.
func (r *run) onlyWaits() bool {
	locked, beside := r.sum.Documents[drift.ScanLocked], r.sum.Documents[drift.ScanUnchanged]
	all := 0
	for _, n := range r.sum.Documents {
		all += n
	}
	if locked == 0 || locked+beside < all || r.cause != nil || r.resumed || r.req.Push != nil {
		return false
	}
	switch r.req.Trigger {
	case drift.TriggerUpload, drift.TriggerDeletion:
		return true
	case drift.TriggerSchedule:
		return beside == 0 && r.source.Last != nil && r.source.Last.Status == drift.ScanLocked
	}
	return false
}

// nextRetry is the first retry after now of a state that is locked since then: 5, 15,
// 35, 75, 135, 195.. minutes after. Triggers that come meanwhile do not move it.
func nextRetry(since, now time.Time) time.Time {
	at, delay := since, lockRetry
	for !at.After(now) {
		at, delay = at.Add(delay), min(2*delay, lockRetryMax)
	}
	return at
}
