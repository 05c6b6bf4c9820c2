package scan

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"time"

	"plumbline/internal/drift"
	"plumbline/internal/reader"
)

// endedProcess is the reason of a document that is parked.
const endedProcess = "reading it ended the process twice: it is not read again until it changes, or a rescan asks for it"

// parkedDocuments is how many documents one parked job leaves unread. A scan reads one
// after another, and the record of what it has read may be one behind: what ended the
// process is the first or the second of those that are not read yet.
const parkedDocuments = 2

// Park is [Scanner.Work] of a job that has ended its process, also when it was tried once
// more alone. Those documents that it may have been at are failed, with the bytes that
// they have now, so that no later trigger reads these again; the others are scanned.
func (s *Scanner) Park(ctx context.Context, job Job, deadline time.Time) error {
	source, err := s.Store.Source(ctx, job.Source.ProjectID, job.Source.ID)
	if errors.Is(err, ErrNotFound) || err == nil && source.Deleting {
		return nil
	}
	if err != nil {
		return err
	}
	s.Log.ErrorContext(ctx, "job is parked: it ended its process twice", "source", source.ID, "trigger", job.Trigger)
	job.Full = false
	_, err = s.Run(ctx, Request{Job: job, Deadline: deadline, parked: endedProcess})
	for _, vain := range []error{ErrNotFound, ErrPushOnly, ErrMoved, ErrNotHeld, errLeft} {
		if errors.Is(err, vain) {
			return nil
		}
	}
	return err
}

// Progress is a number that changes with what the scans of a source have done: a process
// that ended after that was not ended by what it read.
func (s *Scanner) Progress(ctx context.Context, job Job) (uint64, error) {
	totals, err := s.Store.Totals(ctx, job.Source.ID)
	if err != nil {
		return 0, fmt.Errorf("look how far a scan has come: %w", err)
	}
	h := fnv.New64a()
	for _, document := range slices.Sorted(maps.Keys(totals)) {
		fmt.Fprintf(h, "%s %+v\n", document, totals[document])
	}
	return h.Sum64(), nil
}

// Died reports whether the scan that a job began last neither ended nor goes on: its
// lease was neither freed nor left by its holder, and has expired.
func (s *Scanner) Died(ctx context.Context, job Job) (bool, error) {
	lease, err := s.Store.Lease(ctx, job.Source.ID)
	if err != nil {
		return false, fmt.Errorf("look for a scan that died: %w", err)
	}
	return !lease.ExpiresAt.IsZero() && lease.Left == "" && !lease.Held(s.Now()), nil
}

// park ends a document that is not read; false for one that is.
func (r *run) park(ctx context.Context, d *document, basis drift.Basis) (bool, error) {
	if r.req.parked == "" || r.leftUnread == parkedDocuments {
		return false, nil
	}
	r.leftUnread++
	return true, r.unusable(ctx, d, basis, &reader.UnusableError{Problem: reader.Problem{Offset: -1, Reason: r.req.parked}})
}
