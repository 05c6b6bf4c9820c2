package report

import (
	"context"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/store"
)

// Source is a source with what its last scan said and what goes on now.
type Source struct {
	drift.Source
	// Scan is the last scan that ended, nil before the first.
	Scan *drift.Scan
	// Running is the lease of the scan that is under way, nil when none is.
	Running *store.Lease
}

// Status is the source's scan status: running while a scan is, else that of the last
// one, "" before the first.
func (s Source) Status() drift.ScanStatus {
	switch {
	case s.Running != nil:
		return drift.ScanRunning
	case s.Last != nil:
		return s.Last.Status
	}
	return ""
}

// Sources is a page of a project's sources, the oldest first. Those that are being
// deleted are left out, so that a page may hold fewer than asked for.
func (r *Reporter) Sources(ctx context.Context, org, project string, span Span) (Page[Source], error) {
	p, err := r.Project(ctx, org, project)
	if err != nil {
		return Page[Source]{}, err
	}
	sources, next, err := r.Store.Sources(ctx, p.ID, span.Cursor, span.Limit)
	if err != nil {
		return Page[Source]{}, err
	}
	var kept []drift.Source
	for _, source := range sources {
		if !source.Deleting {
			kept = append(kept, source)
		}
	}
	described, err := r.describe(ctx, kept)
	return Page[Source]{Items: described, Next: next}, err
}

// Describe adds to a source what its last scan said and what goes on now.
func (r *Reporter) Describe(ctx context.Context, source drift.Source) (Source, error) {
	described, err := r.describe(ctx, []drift.Source{source})
	if err != nil {
		return Source{}, err
	}
	return described[0], nil
}

func (r *Reporter) describe(ctx context.Context, sources []drift.Source) ([]Source, error) {
	ids := make([]uuid.UUID, len(sources))
	for i, source := range sources {
		ids[i] = source.ID
	}
	scans, err := r.Store.LastScans(ctx, sources)
	if err != nil {
		return nil, err
	}
	leases, err := r.Store.Leases(ctx, ids)
	if err != nil {
		return nil, err
	}
	described := make([]Source, len(sources))
	for i, source := range sources {
		described[i].Source = source
		if scan, ok := scans[source.ID]; ok {
			described[i].Scan = &scan
		}
		if lease := leases[source.ID]; lease.Held(r.Now()) {
			described[i].Running = &lease
		}
	}
	return described, nil
}

// Scans is a page of a source's scans, the newest first.
func (r *Reporter) Scans(ctx context.Context, source drift.Source, span Span) (Page[drift.Scan], error) {
	scans, next, err := r.Store.Scans(ctx, source.ID, span.Cursor, span.Limit)
	return Page[drift.Scan]{Items: scans, Next: next}, err
}
