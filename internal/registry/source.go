package registry

import (
	"context"
	"time"

	"plumbline/internal/drift"
	"plumbline/internal/report"
	"plumbline/internal/scan"
)

// Change changes a source's settings as far as given. The errors are [*InvalidError],
// [ErrScopeFixed] and [report.ErrSource].
func (r *Registry) Change(ctx context.Context, source drift.Source, c Changes) (drift.Source, error) {
	if problems := append(c.check(), c.checkKind(source.Settings.Kind)...); len(problems) > 0 {
		return drift.Source{}, &InvalidError{Problems: problems}
	}
	changed := source
	err := retry(ctx, func() error {
		current, err := r.current(ctx, source)
		if err != nil {
			return err
		}
		changed, err = r.settle(ctx, current, current.Settings.Kind, c)
		return err
	})
	return changed, err
}

// current reads a source anew; [report.ErrSource] when it is gone or going.
func (r *Registry) current(ctx context.Context, source drift.Source) (drift.Source, error) {
	current, err := r.Store.Source(ctx, source.ProjectID, source.ID)
	if isAbsent(err) || err == nil && current.Deleting {
		return drift.Source{}, report.ErrSource
	}
	return current, err
}

// Delete accepts the delete of a source: from then on it is gone for every reader,
// and a worker stops its scan, withdraws what it declares and removes it. The source
// becomes due in the same transaction, so that the delete is not lost with its job.
// The error is [report.ErrSource] where it is gone or going already.
func (r *Registry) Delete(ctx context.Context, source drift.Source, actor string) error {
	err := retry(ctx, func() error {
		current, err := r.current(ctx, source)
		if err != nil {
			return err
		}
		next := current
		next.Deleting, next.UpdatedAt = true, r.Now()
		next.NextDue = r.Now().Add(sweepAfter)
		return r.Store.UpdateSource(ctx, current, next)
	})
	if err != nil {
		return err
	}
	return r.Queue.Send(ctx, scan.Job{Source: source.Ref(), Trigger: drift.TriggerAPI, Actor: actor})
}

// sweepAfter is when a delete whose job was lost is taken up again.
const sweepAfter = time.Minute

// InEnvironment holds the environment that a request names, "" for none, against the
// source's: [ErrUnknownEnvironment] or [ErrOtherEnvironment].
func (r *Registry) InEnvironment(ctx context.Context, source drift.Source, env string) error {
	if env == "" || env == source.Environment {
		return nil
	}
	if _, err := r.Store.Environment(ctx, source.ProjectID, env); err != nil {
		return unknown(err)
	}
	return ErrOtherEnvironment
}
