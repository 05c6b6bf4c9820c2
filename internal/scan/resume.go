package scan

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/store"
)

// handOn ends this part of a scan at its deadline: what it counted is stored, the
// lease is freed, and the rest is queued under the same scan id and decision.
func (r *run) handOn(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	r.scan.Summary = r.sum.close()
	job := r.req.Job
	job.ScanID = r.scan.ID
	rest := store.Rest{Source: job.Source, Scan: job.ScanID, Trigger: job.Trigger, Actor: job.Actor, Force: job.Force, Full: job.Full}
	if err := r.Store.Suspend(ctx, r.lease, r.scan, r.sum.decided+r.sum.before, rest); err != nil {
		return err
	}
	if err := r.Queue.Send(ctx, job); err != nil {
		r.Log.ErrorContext(ctx, "the rest of a scan is not queued yet", "source", r.source.ID, "scan", r.scan.ID, "error", err)
	}
	return nil
}

// resume takes up what a scan that stopped at its deadline had counted. It is over
// when another delivery of the same job ended it already.
func (r *run) resume(ctx context.Context) (over bool, err error) {
	if r.req.ScanID == uuid.Nil {
		return false, nil
	}
	before, decided, err := r.Store.Suspended(ctx, r.source.ID, r.req.ScanID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return false, nil
	case err != nil:
		return false, err
	case before.Status != drift.ScanRunning:
		r.scan = before
		return true, nil
	}
	r.resumed = true
	r.scan.StartedAt, r.scan.Trigger, r.scan.Actor = before.StartedAt, before.Trigger, before.Actor
	r.sum.resume(before.Summary, decided)
	return false, nil
}

// readAlready reports whether an earlier part of this scan has read the document.
func (r *run) readAlready(d drift.Document) bool {
	return r.resumed && !d.ScannedAt.IsZero() && !d.ScannedAt.Before(r.scan.StartedAt)
}
