package scan

import (
	"context"
	"errors"
	"time"

	"plumbline/internal/drift"
	"plumbline/internal/store"
)

// tick hands one due entry on and advances or removes it.
func (s *Scanner) tick(ctx context.Context, due store.Due) (queued bool, err error) {
	source, err := s.Store.Source(ctx, due.ProjectID, due.ID)
	if errors.Is(err, ErrNotFound) {
		return false, s.Store.Done(ctx, due)
	}
	if err != nil {
		return false, err
	}
	switch {
	case due.IsWatch():
		return false, s.tickWatch(ctx, source, due)
	case due.Rest != nil:
		return s.tickRest(ctx, source, due)
	case !due.Scheduled():
		return s.tickMark(ctx, source, due)
	}
	if !source.NextDue.Equal(due.At) {
		return false, s.Store.Done(ctx, due) // an entry of an earlier schedule
	}
	writing, err := s.isWrittenTo(ctx, source)
	if err != nil {
		return false, err
	}
	queued = source.Deleting || !writing && !left(source, store.Wish{Trigger: drift.TriggerSchedule})
	if queued {
		job := Job{Source: source.Ref(), Trigger: drift.TriggerSchedule, Actor: "schedule " + source.Settings.Schedule}
		if err := s.Queue.Send(ctx, job); err != nil {
			return false, err
		}
	}
	next := source
	next.NextDue = nextDue(source.Settings.Schedule, due.At, s.Now())
	err = s.Store.UpdateSource(ctx, source, next)
	if errors.Is(err, store.ErrConflict) {
		return queued, nil // the entry is still there: the next tick advances it
	}
	return queued, err
}

// isWrittenTo reports whether uploads below a prefix that is one document are going on:
// the scan that follows them is due already.
func (s *Scanner) isWrittenTo(ctx context.Context, source drift.Source) (bool, error) {
	if !source.Settings.Kind.IsWhole() {
		return false, nil
	}
	burst, err := s.Store.Burst(ctx, source.ID)
	return burst.Until.After(s.Now()), err
}

// wishedBy is the actor of a scan that was asked for before it could take place. Marks of
// earlier versions do not say who asked.
func wishedBy(w store.Wish) string {
	if w.Actor != "" {
		return w.Actor
	}
	return string(w.Trigger) + " that had to wait"
}

// tickMark hands on a mark. One for a prefix that is still being written to waits on.
func (s *Scanner) tickMark(ctx context.Context, source drift.Source, due store.Due) (bool, error) {
	job := Job{Source: source.Ref(), Trigger: due.Wish.Trigger, Actor: wishedBy(due.Wish), Full: due.Wish.Full}
	if due.Wish.Trigger == drift.TriggerUpload {
		burst, err := s.Store.Burst(ctx, source.ID)
		if err != nil {
			return false, err
		}
		if due.Wish.Actor == "" && burst.Changes > 0 {
			job.Trigger, job.Actor = burst.Trigger, actorOf(burst.Trigger, burst.URI, burst.Changes-1)
		}
		if burst.Until.After(s.Now()) {
			if err := s.Store.Retry(ctx, source.Ref(), burst.Until, due.Wish); err != nil {
				return false, err
			}
			return false, s.Store.Done(ctx, due)
		}
	}
	if err := s.Queue.Send(ctx, job); err != nil {
		return false, err
	}
	return true, s.Store.Done(ctx, due)
}

// nextDue is the first time of a schedule after now, counted from the entry that was
// due, so that a late tick does not move the schedule; what was missed is made up for
// once. The zero time: never again.
func nextDue(schedule string, due, now time.Time) time.Time {
	parsed, err := drift.ParseSchedule(schedule)
	if err != nil {
		return time.Time{} // checked when it was registered
	}
	next := parsed.Next(due)
	if next.IsZero() || next.After(now) {
		return next
	}
	return parsed.Next(now)
}
