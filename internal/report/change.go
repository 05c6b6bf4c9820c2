package report

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
	"plumbline/internal/store"
)

// Change is an entity that a scan's source declares otherwise than before.
type Change struct {
	store.Delta
	// SecretChanges counts, by JSON Pointer, how often a recorded secret changed by now.
	SecretChanges map[string]int
}

// ChangeFilter narrows the changes of a scan; the zero value of a field does not.
type ChangeFilter struct {
	Kind       drift.Delta
	EntityType string
}

func (f ChangeFilter) admits(d store.Delta) bool {
	return (f.Kind == "" || d.Kind == f.Kind) && (f.EntityType == "" || d.EntityType == f.EntityType)
}

// ChangeCounts resolves a scan of a source by the text of its id, or [ErrScan], and
// counts all that its source declares otherwise than before. A scan that is under way
// or that died counts what it applied.
func (r *Reporter) ChangeCounts(ctx context.Context, source drift.Source, id string) (uuid.UUID, drift.DeltaCounts, error) {
	scanID, err := ParseID(id)
	if err != nil {
		return uuid.Nil, drift.DeltaCounts{}, ErrScan
	}
	counts, err := r.Store.DeltaCounts(ctx, source.ID, scanID)
	if !errors.Is(err, store.ErrNotFound) {
		return scanID, counts, err
	}
	scan, err := r.Store.Scan(ctx, source.ID, scanID)
	if err == nil && scan.Summary.DryRun {
		return scanID, counts, ErrScan // it changed nothing
	}
	if errors.Is(err, store.ErrNotFound) { // nor ended: it may run
		var lease store.Lease
		if lease, err = r.Store.Lease(ctx, source.ID); err == nil && (lease.ScanID != scanID || !lease.Held(r.Now())) {
			err = ErrScan
		}
	}
	return scanID, counts, err
}

// Changes is a page of what a scan's source declares otherwise than before, in the
// order in which it was applied.
func (r *Reporter) Changes(ctx context.Context, source drift.Source, scan uuid.UUID, f ChangeFilter, span Span) (Page[Change], error) {
	admitted, next, err := r.admitted(ctx, source, scan, f, span)
	if err != nil {
		return Page[Change]{}, err
	}
	if err := r.Store.ReadPatches(ctx, admitted); err != nil {
		return Page[Change]{}, err
	}
	page := Page[Change]{Items: make([]Change, len(admitted)), Next: next}
	for i, delta := range admitted {
		page.Items[i].Delta = delta
	}
	return page, r.countSecrets(ctx, page.Items)
}

// admitted fills a page through the filter.
func (r *Reporter) admitted(ctx context.Context, source drift.Source, scan uuid.UUID, f ChangeFilter, span Span) ([]store.Delta, string, error) {
	var admitted []store.Delta
	cursor, chunk := span.Cursor, span.Limit
	if f != (ChangeFilter{}) {
		chunk = max(chunk, readChunk)
	}
	for looked := 0; ; {
		deltas, next, err := r.Store.Deltas(ctx, source.ID, scan, cursor, chunk)
		if err != nil {
			return nil, "", err
		}
		for i, delta := range deltas {
			looked++
			if f.admits(delta) {
				admitted = append(admitted, delta)
			}
			if last := next == "" && i == len(deltas)-1; !last && (len(admitted) == span.Limit || looked >= maxRead) {
				return admitted, delta.Key, nil
			}
		}
		if cursor = next; cursor == "" {
			return admitted, "", nil
		}
	}
}

// countSecrets reads the entities whose patch holds a secret: only they tell how often
// it changed.
func (r *Reporter) countSecrets(ctx context.Context, changes []Change) error {
	holdsSecret := func(op reconcile.PatchOp) bool { return catalog.HasSecret(op.Value) }
	var ids []uuid.UUID
	for _, c := range changes {
		if slices.ContainsFunc(c.Patch, holdsSecret) && !slices.Contains(ids, c.EntityID) {
			ids = append(ids, c.EntityID)
		}
	}
	records, err := r.Store.Entities(ctx, ids)
	for _, record := range records {
		for i := range changes {
			if changes[i].EntityID == record.ID {
				changes[i].SecretChanges = record.SecretChanges
			}
		}
	}
	return err
}
