package scan

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/parallel"
	"plumbline/internal/store"
)

// finishItems is what every end of a scan writes: its record, its source, its lease.
const finishItems = 3

// retries bounds how often a write is tried again after somebody else's.
const retries = 20

// ended closes the scan's record.
func (r *run) ended() drift.Scan {
	r.scan.EndedAt = r.Now()
	r.scan.Summary = r.sum.close()
	r.scan.Status = r.sum.status()
	return r.scan
}

// finish ends the scan. The wish is for one more that a trigger asked for meanwhile,
// for which the lease is kept; nil when none did.
func (r *run) finish(ctx context.Context) (*store.Wish, error) {
	r.sum.ItemsWritten += finishItems
	if r.last != nil {
		r.sum.ItemsWritten++
	}
	r.ended()
	for range retries {
		end, err := r.ending(ctx)
		if err != nil {
			return nil, err
		}
		lease, err := r.Store.Finish(ctx, r.lease, end)
		if err == nil {
			r.lease, r.source = lease, end.After
			r.source.Revision++
			r.tell(ctx)
			if end.Next == nil {
				return nil, nil
			}
			return end.Taken, nil
		}
		if !errors.Is(err, store.ErrConflict) {
			return nil, err
		}
		// A trigger left its mark, or somebody changed the source: look again.
		if r.source, err = r.Store.Source(ctx, r.source.ProjectID, r.source.ID); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("finish scan %s: %w", r.scan.ID, store.ErrConflict)
}

// tell hands a scan that has ended to whoever asked for all of them. Without such it
// logs one that has failed: nobody may have waited for it, and the alarm on failed
// scans looks for this line. The error that ended a scan is logged in any case.
func (r *run) tell(ctx context.Context) {
	if r.Ended != nil {
		r.Ended(ctx, r.source, r.scan)
	}
	if r.scan.Status != drift.ScanFailed || r.Ended != nil && r.cause == nil {
		return
	}
	log := r.Log.With("source", r.source.ID, "scan", r.scan.ID, "status", r.scan.Status, "reason", r.scan.Summary.Reason)
	if r.cause != nil {
		log = log.With("error", r.cause)
	}
	if trace := parallel.Trace(r.cause); trace != "" {
		log = log.With("stack", trace)
	}
	log.ErrorContext(ctx, "scan failed")
}

// ending is how the scan ends as things are now.
func (r *run) ending(ctx context.Context) (store.Ending, error) {
	after := r.source
	waits := r.onlyWaits()
	if !waits {
		after.Last = &drift.Stamp{ScanID: r.scan.ID, At: r.scan.EndedAt, Status: r.scan.Status}
	}
	if r.cause == nil {
		after.Pushed = r.req.Push != nil
	}
	end := store.Ending{Scan: r.scan, Untold: waits, Document: r.last, Before: r.source, After: after}
	r.lookAgain(&end)
	after = end.After
	wish, err := r.Store.Wanted(ctx, r.source.ID)
	if errors.Is(err, store.ErrNotFound) {
		return end, nil
	}
	if err != nil {
		return store.Ending{}, err
	}
	end.Taken = &wish
	if !left(after, wish) && !after.Deleting && r.cause == nil {
		end.Next = r.holding(uuid.Must(uuid.NewV7()), wish.Trigger)
		end.Next.StartedAt, end.Next.Progress = r.Now(), 0
	}
	return end, nil
}
