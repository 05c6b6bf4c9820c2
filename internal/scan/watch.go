package scan

import (
	"context"
	"errors"
	"time"

	"plumbline/internal/drift"
	"plumbline/internal/store"
)

// restLongest is how long the rest of a suspended scan is looked after.
const restLongest = 24 * time.Hour

// tickWatch looks at a lease that was to expire: what its holder has left unfinished ends
// in the history, and the source is due.
func (s *Scanner) tickWatch(ctx context.Context, source drift.Source, due store.Due) error {
	lease, err := s.Store.Lease(ctx, source.ID)
	if err != nil {
		return err
	}
	switch now := s.Now(); {
	case lease.ExpiresAt.IsZero() || source.Deleting:
		return s.Store.Done(ctx, due)
	case lease.Held(now):
		return s.Store.Postpone(ctx, due, lease.ExpiresAt)
	}
	if err := s.bury(ctx, source, lease, s.Now()); errors.Is(err, store.ErrConflict) {
		return nil // somebody was quicker: the next tick looks again
	} else if err != nil {
		return err
	}
	return s.Store.Done(ctx, due)
}

// bury ends the scan of a holder that is gone. A source that is read is due again.
func (s *Scanner) bury(ctx context.Context, source drift.Source, lease store.Lease, now time.Time) error {
	again := time.Time{}
	if !left(source, store.Wish{Trigger: drift.TriggerSchedule}) {
		again = now
		if !source.FailingSince.IsZero() {
			again = nextLook(source.FailingSince, now)
		}
	}
	return s.Store.Bury(ctx, lease, &source, again)
}

// Bury ends the scan of a source whose process is known to be gone, and frees its lease,
// expired or not; died is false where no scan is under way. The source tells of it and is
// due at once, unless its scan runs again in any case.
func (s *Scanner) Bury(ctx context.Context, ref drift.SourceRef, due bool) (died bool, err error) {
	source, err := s.Store.Source(ctx, ref.ProjectID, ref.ID)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	lease, err := s.Store.Lease(ctx, source.ID)
	if err != nil || lease.ExpiresAt.IsZero() {
		return false, err
	}
	if !due {
		return true, s.Store.Bury(ctx, lease, nil, time.Time{})
	}
	return true, s.bury(ctx, source, lease, s.Now())
}

// postponed is when a source is due whose job keeps failing before its scan can begin.
const postponed = 5 * time.Minute

// Postpone makes the source of a job due later, in the job's stead.
func (s *Scanner) Postpone(ctx context.Context, job Job) error {
	wish := store.Wish{Trigger: job.Trigger, Actor: job.Actor, Full: job.Full}
	return s.Store.Retry(ctx, job.Source, s.Now().Add(postponed), wish)
}

// tickRest sends the rest of a suspended scan once more, as long as nothing tells that it
// has ended: its job may be lost. Who gets it twice finds the scan ended.
func (s *Scanner) tickRest(ctx context.Context, source drift.Source, due store.Due) (queued bool, err error) {
	rest := due.Rest
	ended := source.Last != nil && source.Last.ScanID == rest.Scan
	began, now := time.Unix(rest.Scan.Time().UnixTime()), s.Now()
	if ended || source.Deleting || now.Sub(began) > restLongest {
		return false, s.Store.Done(ctx, due)
	}
	job := Job{Source: rest.Source, Trigger: rest.Trigger, Actor: rest.Actor, ScanID: rest.Scan, Force: rest.Force, Full: rest.Full}
	if err := s.Queue.Send(ctx, job); err != nil {
		return false, err
	}
	return true, s.Store.Postpone(ctx, due, now.Add(max(now.Sub(began), restPause)))
}

// restPause is the least time between two jobs for the rest of a scan.
const restPause = 10 * time.Minute
