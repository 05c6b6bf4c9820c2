package scan

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/place"
	"plumbline/internal/reconcile"
	"plumbline/internal/store"
)

// Forget takes back all that a source declared and removes it: its heads, its pending
// proposals, the entities that nobody else declares, its scans and documents. It
// waits for a scan that is running, which stops at its next transaction, and can be
// run again after it died anywhere. What is not done at the deadline is queued.
func (s *Scanner) Forget(ctx context.Context, source drift.Source, deadline time.Time) error {
	r := s.newRun(Request{Job: Job{Source: source.Ref(), Trigger: drift.TriggerAPI, Full: true}, Deadline: deadline}, source)
	if err := r.takeOver(ctx); errors.Is(err, ErrNotFound) {
		return nil // forgotten meanwhile
	} else if err != nil {
		return err
	}
	err := r.forget(ctx)
	if err == nil {
		return nil
	}
	if err = r.giveUp(ctx, err); errors.Is(err, errStop) {
		err = s.Queue.Send(ctx, r.req.Job)
	}
	return err
}

// takeOver takes the lease from whoever holds it: the source is being deleted, so
// that holder must stop.
func (r *run) takeOver(ctx context.Context) error {
	for attempt := 0; ; attempt++ {
		lease, err := r.Store.Lease(ctx, r.source.ID)
		if err != nil {
			return err
		}
		r.lease, err = r.Store.Acquire(ctx, lease, *r.holding(r.scan.ID, drift.TriggerAPI))
		if err == nil {
			if r.source, err = r.Store.Source(ctx, r.source.ProjectID, r.source.ID); err != nil {
				return r.giveUp(ctx, err)
			}
			return nil
		}
		if !errors.Is(err, store.ErrConflict) || attempt == retries {
			return err
		}
		if _, err := pause(ctx, attempt); err != nil {
			return err
		}
	}
}

// writtenDocuments are the documents of which anything is in the table, with a record or
// without: scans of earlier versions wrote that last, and may have died before. Whoever
// writes a head counts it in the document's totals.
func (r *run) writtenDocuments(ctx context.Context) (map[string]drift.Document, error) {
	written, err := r.knownDocuments(ctx)
	if err != nil {
		return nil, err
	}
	totals, err := r.Store.Totals(ctx, r.source.ID)
	if err != nil {
		return nil, err
	}
	for id := range totals {
		if _, known := written[id]; !known {
			written[id] = drift.Document{ID: id, Kind: drift.UnrecordedKind(id)}
		}
	}
	return written, nil
}

func (r *run) forget(ctx context.Context) error {
	known, err := r.writtenDocuments(ctx)
	if err != nil {
		return err
	}
	for _, id := range sortedKeys(known) {
		d := known[id]
		s := &set{run: r, document: &document{Document: d, before: d}, index: &reconcile.Index{}, kept: map[uuid.UUID]bool{}, look: &factual}
		comparison, err := s.compare(ctx)
		if err != nil {
			return err
		}
		if err := s.apply(ctx, comparison); err != nil {
			return err
		}
	}
	if err := r.Store.FreeScopes(ctx, r.lease, r.source.EnvID); err != nil {
		return err
	}
	for {
		if err := r.breathe(ctx); err != nil {
			return err
		}
		more, err := r.Store.Erase(ctx, r.lease, 90)
		if err != nil {
			return err
		}
		if !more {
			if err := r.Store.SweepSnapshots(ctx, r.source.ID, nil); err != nil {
				return err
			}
			return r.Store.DeleteSource(ctx, r.lease, r.source, place.Lookup(r.source.Settings.URI))
		}
	}
}
