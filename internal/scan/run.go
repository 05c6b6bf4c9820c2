package scan

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/store"
)

// errStop says that a scan reached its deadline between two transactions.
var errStop = errors.New("deadline reached")

// run is one scan under way.
type run struct {
	*Scanner
	req    Request
	source drift.Source
	lease  store.Lease // zero in a dry run
	scan   drift.Scan
	sum    *summary
	types  *entityTypes
	force  uuid.UUID
	// last is the document whose record the finishing transaction writes.
	last *drift.Document
	// forced tells whether the force released anything.
	forced bool
}

// Run scans a source once and returns the scan as it ended. Where another scan of
// the source is running, that one is asked for one more and returned with the status
// running; a push waits for it instead ([ErrRunning] after [Config.PushWait]). A scan
// that reaches its deadline is queued to go on and returned with the status running.
//
// What is wrong with the source's documents is in the scan, not in the error.
func (s *Scanner) Run(ctx context.Context, req Request) (drift.Scan, error) {
	source, err := s.Store.Source(ctx, req.Source.ProjectID, req.Source.ID)
	if err != nil {
		return drift.Scan{}, err
	}
	switch {
	case source.Deleting:
		return drift.Scan{}, ErrNotFound
	case req.Push == nil && !isRead(source):
		return drift.Scan{}, ErrPushOnly
	}
	r := s.newRun(req, source)
	if req.DryRun {
		err := r.reconcile(ctx)
		return r.ended(), err
	}
	held, err := r.acquire(ctx)
	if err != nil || !held {
		return r.scan, err
	}
	return r.scanLeased(ctx)
}

func (s *Scanner) newRun(req Request, source drift.Source) *run {
	r := &run{Scanner: s, req: req, source: source, force: req.Force, types: &entityTypes{store: s.Store, project: source.ProjectID}}
	r.begin(req.ScanID, req.Trigger)
	return r
}

func (r *run) begin(id uuid.UUID, trigger drift.Trigger) {
	if id == uuid.Nil {
		id = uuid.Must(uuid.NewV7())
	}
	r.scan = drift.Scan{ID: id, SourceID: r.source.ID, Trigger: trigger, Actor: r.req.Actor, StartedAt: r.Now(), Status: drift.ScanRunning}
	r.sum = newSummary(r.req.DryRun)
	r.last, r.forced = nil, false
}

// scanLeased runs under the lease and frees it whatever happens.
func (r *run) scanLeased(ctx context.Context) (drift.Scan, error) {
	if err := r.resume(ctx); err != nil {
		return r.scan, r.giveUp(ctx, err)
	}
	first := drift.Scan{}
	for {
		err := r.reconcile(ctx)
		if errors.Is(err, errStop) || ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
			return r.handOn(ctx)
		}
		if err != nil {
			return r.scan, r.giveUp(ctx, err)
		}
		again, err := r.finish(ctx)
		if err != nil {
			return r.scan, r.giveUp(ctx, err)
		}
		if first.ID == uuid.Nil {
			first = r.scan
		}
		if again == "" {
			return first, nil
		}
		r.req.Push, r.force = nil, uuid.Nil
		r.req.Full = again == store.FullScan
		r.begin(r.lease.ScanID, drift.TriggerAPI)
	}
}

// resume takes up what a scan that stopped at its deadline had counted.
func (r *run) resume(ctx context.Context) error {
	if r.req.ScanID == uuid.Nil {
		return nil
	}
	before, err := r.Store.Scan(ctx, r.source.ID, r.req.ScanID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	r.scan.StartedAt = before.StartedAt
	r.sum.resume(before.Summary)
	return nil
}

// reconcile reads the source and applies what it declares.
func (r *run) reconcile(ctx context.Context) error {
	if !r.req.Deadline.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.req.Deadline.Sub(r.Now()))
		defer cancel()
	}
	if r.req.Push != nil {
		return r.push(ctx)
	}
	return r.pull(ctx)
}

// ended closes the scan's record.
func (r *run) ended() drift.Scan {
	r.scan.EndedAt = r.Now()
	r.scan.Summary = r.sum.close()
	r.scan.Status = r.sum.status()
	return r.scan
}

// finish ends the scan; again says why a trigger asked for one more meanwhile, for
// which the lease is kept, and is "" when none did.
func (r *run) finish(ctx context.Context) (again string, err error) {
	if r.force != uuid.Nil && !r.forced {
		return "", ErrNotHeld
	}
	r.sum.ItemsWritten += finishItems
	if r.last != nil {
		r.sum.ItemsWritten++
	}
	r.ended()
	for range retries {
		reason, wanted, err := r.Store.Wanted(ctx, r.source.ID)
		if err != nil {
			return "", err
		}
		next := r.source
		next.Last = &drift.Stamp{ScanID: r.scan.ID, At: r.scan.EndedAt, Status: r.scan.Status}
		next.Pushed = r.req.Push != nil
		end := store.Ending{Scan: r.scan, Document: r.last, Before: r.source, After: next, TakeMark: wanted}
		if wanted = wanted && !left(next, reason); wanted {
			end.Next = r.holding(uuid.Must(uuid.NewV7()), drift.TriggerAPI)
		}
		lease, err := r.Store.Finish(ctx, r.lease, end)
		switch {
		case err == nil:
			r.lease, r.source = lease, next
			r.source.Revision++
			if !wanted {
				reason = ""
			}
			return reason, nil
		case !errors.Is(err, store.ErrConflict):
			return "", err
		}
		// A trigger left its mark, or somebody changed the source: look again.
		if r.source, err = r.Store.Source(ctx, r.source.ProjectID, r.source.ID); err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("finish scan %s: %w", r.scan.ID, store.ErrConflict)
}

// left reports whether a source is left alone by what asks for a scan: it is only
// ever pushed to, or was pushed to last.
func left(source drift.Source, reason string) bool {
	automatic := reason == string(drift.TriggerUpload) || reason == string(drift.TriggerSchedule)
	return !isRead(source) || source.Pushed && automatic
}

// finishItems is what every end of a scan writes: its record, its source, its lease.
const finishItems = 3

// retries bounds how often a write is tried again after somebody else's.
const retries = 20

// handOn ends this part of a scan at its deadline: what it counted is stored, the
// lease is freed, and the rest is queued under the same scan id.
func (r *run) handOn(ctx context.Context) (drift.Scan, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	r.scan.Summary = r.sum.close()
	r.scan.Status = drift.ScanRunning
	if err := r.Store.Suspend(ctx, r.lease, r.scan); err != nil {
		return r.scan, err
	}
	job := r.req.Job
	job.ScanID, job.Force = r.scan.ID, r.force
	if err := r.Queue.Send(ctx, job); err != nil {
		return r.scan, fmt.Errorf("queue the rest of scan %s: %w", r.scan.ID, err)
	}
	return r.scan, nil
}

// giveUp frees the lease after an error, so that the next trigger need not wait for
// it to expire. The error is the scan's; a lease that is lost stays lost.
func (r *run) giveUp(ctx context.Context, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := r.Store.Release(ctx, r.lease); err != nil && !errors.Is(err, store.ErrLeaseLost) {
		return errors.Join(cause, err)
	}
	return cause
}
