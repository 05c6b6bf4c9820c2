package scan

import (
	"context"
	"errors"
	"syscall"
	"time"

	"plumbline/internal/drift"
	"plumbline/internal/object"
	"plumbline/internal/parallel"
	"plumbline/internal/store"
	"plumbline/internal/table"
)

// failedError is the error of a scan that ended by it, in the history and with a due entry:
// nobody has to see to it that the source is scanned again.
type failedError struct{ error }

func (e failedError) Unwrap() error { return e.error }

// refusals are of requests that made no scan: they leave no trace.
var refusals = []error{ErrNotFound, ErrPushOnly, ErrMoved, ErrNotHeld, ErrSchemaDenied, errLeft}

func isRefusal(err error) bool {
	if _, invalid := errors.AsType[*InvalidError](err); invalid {
		return true
	}
	for _, refusal := range refusals {
		if errors.Is(err, refusal) {
			return true
		}
	}
	return false
}

// endTime is how long the end of a scan may take, whatever has become of its caller.
const endTime = 5 * time.Second

// fail ends a scan by an error: it is in the history with its reason, its source is due
// again, and the lease is free. Where another took the lease, that one tells of it, and where its end cannot be
// written, whoever takes the lease next.
func (r *run) fail(ctx context.Context, cause error) error {
	switch {
	case errors.Is(cause, store.ErrLeaseLost):
		return cause
	case isRefusal(cause):
		return r.giveUp(ctx, cause)
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	r.cause, r.again = cause, true
	reason := reasonOf(ctx, cause)
	r.sum.end(drift.ScanFailed, reason)
	_, err := r.finish(ending)
	if errors.Is(err, store.ErrConflict) && r.last != nil {
		r.last = nil // the record that moved may be that of the document
		_, err = r.finish(ending)
	}
	if err != nil {
		cause = errors.Join(cause, err)
		return r.letGo(ctx, cause, func(ctx context.Context) error { return r.Store.Leave(ctx, r.lease, reason) })
	}
	return failedError{cause}
}

// reasons are what the history tells of an error; what fits none is in the log alone.
var reasons = []struct {
	is     error
	reason string
}{
	{ErrUnfinished, "not finished in time: send it again"},
	{syscall.ENOSPC, "no space is left on the disk"},
	{table.ErrBusy, "the table could not serve the scan"},
	{object.ErrBusy, "the storage of the objects could not serve the scan"},
	{context.DeadlineExceeded, "not finished in time"},
}

func reasonOf(ctx context.Context, cause error) string {
	if ctx.Err() != nil && errors.Is(cause, context.Canceled) {
		return "cut short: the process that ran it was asked to stop"
	}
	for _, r := range reasons {
		if errors.Is(cause, r.is) {
			return r.reason
		}
	}
	return "an internal error, which the log of the scan tells"
}

// The first look at a source whose scan has failed, and the longest pause between two.
const (
	againFirst = 10 * time.Second
	againMax   = 12 * time.Hour
)

// nextLook is the first look after now at a source whose scans fail since then: 10, 30,
// 70, 150.. seconds after. What asks for scans meanwhile does not move it.
func nextLook(since, now time.Time) time.Time {
	at, delay := since, againFirst
	for !at.After(now) {
		at, delay = at.Add(delay), min(2*delay, againMax)
	}
	return at
}

// lookAgain makes the source due again where the scan has not ended well and another look
// may find otherwise, unless its schedule comes first.
func (r *run) lookAgain(end *store.Ending) {
	after := &end.After
	if end.Scan.Status != drift.ScanFailed {
		after.FailingSince = time.Time{}
		return
	}
	if after.FailingSince.IsZero() {
		after.FailingSince = end.Scan.EndedAt
	}
	wish := store.Wish{Trigger: drift.TriggerSchedule, Actor: "another look after a scan that failed", Full: r.req.Full}
	if r.req.Trigger == drift.TriggerAPI && after.Pushed {
		wish.Trigger = drift.TriggerAPI // the schedule leaves the source alone, its caller did not
	}
	at := nextLook(after.FailingSince, r.Now())
	if !r.again || left(*after, wish) || after.Deleting || !after.NextDue.IsZero() && after.NextDue.Before(at) {
		return
	}
	end.Again, end.AgainWish = at, wish
}

// guarded calls do; its panic is the scan's error, so that the scan ends as by any other.
func guarded(do func() error) error { return parallel.Call(do) }

// detached is a context that its caller cannot end, save by its deadline.
func detached(ctx context.Context) (context.Context, context.CancelFunc) {
	alone := context.WithoutCancel(ctx)
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(alone, deadline)
	}
	return alone, func() {}
}
