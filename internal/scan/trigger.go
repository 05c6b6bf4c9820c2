package scan

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/place"
)

// Upload tells that an object was written or removed. Sources of that one object are
// queued at once; a change below a prefix makes its source due when the prefix has
// been quiet for a while. Events may come twice and in any order: what counts is the
// object as a scan finds it.
//
// The removal of a lock object counts as a change of the state that it locked.
func (s *Scanner) Upload(ctx context.Context, bucket, key string, removed bool) error {
	trigger := drift.TriggerUpload
	if state, isLock := place.Locked(key); isLock {
		if !removed {
			return nil
		}
		key = state
	} else if removed {
		trigger = drift.TriggerDeletion
	}
	at := place.Location{Bucket: bucket, Key: key}
	for _, path := range at.Lookups() {
		refs, err := s.Store.SourcesAt(ctx, path)
		if err != nil {
			return err
		}
		for _, ref := range refs {
			if err := s.uploaded(ctx, ref, trigger, at); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Scanner) uploaded(ctx context.Context, ref drift.SourceRef, trigger drift.Trigger, at place.Location) error {
	source, err := s.Store.Source(ctx, ref.ProjectID, ref.ID)
	if errors.Is(err, ErrNotFound) {
		return nil // deleted meanwhile
	}
	if err != nil {
		return err
	}
	pattern, err := place.ParsePattern(source.Settings.URI)
	if err != nil || source.Deleting || source.Pushed || !pattern.Match(at.Key) {
		return nil
	}
	if _, single := pattern.Single(); single {
		return s.Queue.Send(ctx, Job{Source: ref, Trigger: trigger, Actor: actorOf(trigger, at.URI(), 0)})
	}
	return s.Store.Quieten(ctx, ref, trigger, at.URI(), s.Now(), s.Quiet, s.QuietMax)
}

// actorOf names a change of an object, and how many there were beside it.
func actorOf(trigger drift.Trigger, uri string, others int) string {
	actor := string(trigger) + " of " + uri
	switch {
	case others == 1:
		actor += " and another change"
	case others > 1:
		actor += fmt.Sprintf(" and %d other changes", others)
	}
	return actor
}

// Tick queues what is due: schedules, and marks of whatever could not scan when it
// wanted to. It returns how many jobs it queued. An entry is handed on before it is
// advanced, so that it is queued at least once. What fails of one source keeps no
// other waiting.
func (s *Scanner) Tick(ctx context.Context, limit int) (int, error) {
	due, err := s.Store.DueUntil(ctx, s.Now(), limit)
	if err != nil {
		return 0, err
	}
	queued := 0
	var faults []error
	for _, d := range due {
		sent, err := s.tick(ctx, d)
		if err != nil {
			faults = append(faults, fmt.Errorf("due source %s: %w", d.ID, err))
		}
		if sent {
			queued++
		}
	}
	return queued, errors.Join(faults...)
}

// Work runs a job. A scan that has failed and is due again is no error of the job. A source that is being deleted is taken back instead.
func (s *Scanner) Work(ctx context.Context, job Job, deadline time.Time) error {
	source, err := s.Store.Source(ctx, job.Source.ProjectID, job.Source.ID)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if source.Deleting {
		return s.Forget(ctx, source, deadline)
	}
	_, err = s.run(ctx, ctx, Request{Job: job, Deadline: deadline})
	if _, seenTo := errors.AsType[failedError](err); seenTo {
		return nil
	}
	if errors.Is(err, errLeft) && job.ScanID != uuid.Nil {
		return s.Store.Abandon(ctx, source.ID, job.ScanID, "given up half-way: "+errLeft.Error())
	}
	for _, vain := range []error{ErrNotFound, ErrPushOnly, ErrMoved, ErrNotHeld, errLeft} {
		if errors.Is(err, vain) {
			return nil // nothing that another try would change
		}
	}
	return err
}
