package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/table"
)

// scanRetention is how long the history of scans is kept.
const scanRetention = 400 * 24 * time.Hour

type scanRecord struct {
	Trigger drift.Trigger    `json:"trigger"`
	Actor   string           `json:"actor,omitzero"`
	Started int64            `json:"started"`
	Ended   int64            `json:"ended,omitzero"`
	Status  drift.ScanStatus `json:"status"`
	Summary summaryRecord    `json:"summary"`
	// Decided is of a scan that is suspended: see [Store.Suspend].
	Decided int `json:"decided,omitzero"`
}

// Scan returns a scan of a source, or [ErrNotFound].
func (s *Store) Scan(ctx context.Context, source, id uuid.UUID) (drift.Scan, error) {
	item, err := s.get(ctx, scanKey(source, id))
	if err != nil {
		return drift.Scan{}, err
	}
	return s.scan(ctx, item)
}

// Scans returns a page of a source's scans, the newest first.
func (s *Store) Scans(ctx context.Context, source uuid.UUID, cursor string, limit int) ([]drift.Scan, string, error) {
	q := rangeOf(sourcePK(source), scanPrefix, cursor, limit)
	q.Backward = true
	return page(ctx, s, q, s.scan)
}

// LastScans returns the last scans of several sources, by source; those without one
// are left out.
func (s *Store) LastScans(ctx context.Context, sources []drift.Source) (map[uuid.UUID]drift.Scan, error) {
	var keys []table.Key
	for _, src := range sources {
		if src.Last != nil {
			keys = append(keys, scanKey(src.ID, src.Last.ScanID))
		}
	}
	items, err := s.batchGet(ctx, keys)
	if err != nil {
		return nil, err
	}
	scans := make(map[uuid.UUID]drift.Scan, len(items))
	for _, item := range items {
		scan, err := s.scan(ctx, item)
		if err != nil {
			return nil, err
		}
		scans[scan.SourceID] = scan
	}
	return scans, nil
}

func (s *Store) scan(ctx context.Context, item table.Item) (drift.Scan, error) {
	var r scanRecord
	if err := s.decode(ctx, item, &r); err != nil {
		return drift.Scan{}, err
	}
	source, err := parseID(strings.TrimPrefix(item.PK, sourcePrefix))
	if err != nil {
		return drift.Scan{}, err
	}
	id, err := parseID(strings.TrimPrefix(item.SK, scanPrefix))
	if err != nil {
		return drift.Scan{}, err
	}
	return drift.Scan{ID: id, SourceID: source, Trigger: r.Trigger, Actor: r.Actor, StartedAt: fromMicros(r.Started),
		EndedAt: fromMicros(r.Ended), Status: r.Status, Summary: r.Summary.summary()}, nil
}

// SaveScan keeps a scan in the history of its source, and nothing else.
func (s *Store) SaveScan(ctx context.Context, scan drift.Scan) error {
	op, err := s.scanOp(ctx, scan, 0)
	if err != nil {
		return err
	}
	if err := s.table.Write(ctx, op); err != nil {
		return fmt.Errorf("save scan %s: %w", scan.ID, err)
	}
	return nil
}

func (s *Store) scanOp(ctx context.Context, scan drift.Scan, decided int) (table.Op, error) {
	body, err := s.encode(ctx, "scans/"+idText(scan.SourceID)+"/"+idText(scan.ID), scanRecord{Trigger: scan.Trigger, Actor: scan.Actor,
		Started: micros(scan.StartedAt), Ended: micros(scan.EndedAt), Status: scan.Status, Summary: summaryOf(scan.Summary), Decided: decided})
	if err != nil {
		return table.Op{}, err
	}
	return table.Put(table.Item{Key: scanKey(scan.SourceID, scan.ID), Revision: s.first(), Body: body,
		Expires: scanExpiry(s.now())}, table.Any), nil
}

// SaveDocument stores what a scan learnt of a document, under its lease.
func (s *Store) SaveDocument(ctx context.Context, held Lease, d drift.Document) (drift.Document, error) {
	op := documentOp(held.Source, d, s.first())
	if err := s.table.Write(ctx, op, held.check()); err != nil {
		return d, fmt.Errorf("save document %s: %w", d.ID, held.lost(err))
	}
	d.Revision = op.Item.Revision
	return d, nil
}

// Ending is all that ends a scan.
type Ending struct {
	Scan drift.Scan
	// Untold: the scan is not to be in the history.
	Untold bool
	// Document is the last document that the scan looked at, nil for none.
	Document      *drift.Document
	Before, After drift.Source
	// Next keeps the lease for one more scan; nil frees it.
	Next *Lease
	// Again is when the source is due once more, because the scan did not end well; the
	// zero time for no such entry. AgainWish is what is due then.
	Again     time.Time
	AgainWish Wish
	// Taken is the wish for one more scan that ends with this one, nil when there was
	// none.
	Taken *Wish
}

// Finish ends a scan in one transaction: its record, the last document, the source's
// stamp and the release of the lease. Where a trigger left a mark that is not taken as it
// is, or the source moved, nothing is written ([ErrConflict]).
func (s *Store) Finish(ctx context.Context, held Lease, end Ending) (Lease, error) {
	lease := held
	lease.ExpiresAt = time.Time{}
	if end.Next != nil {
		lease = *end.Next
	}
	mark := table.Check(wantedKey(held.Source), table.Absent)
	if end.Taken != nil {
		mark = table.Delete(wantedKey(held.Source), table.At(end.Taken.revision))
	}
	lease.Source, lease.revision, lease.WatchedUntil = held.Source, held.revision+1, held.WatchedUntil
	ops := append(s.updateSource(end.Before, end.After), leaseOp(held, lease), mark)
	if !end.Untold {
		told, err := s.scanOp(ctx, end.Scan, 0)
		if err != nil {
			return held, err
		}
		ops = append(ops, told)
	}
	if !end.Again.IsZero() {
		ops = append(ops, s.dueOp(end.After.Ref(), end.Again, dueRetry, end.AgainWish))
	}
	if end.Document != nil {
		ops = append(ops, documentOp(held.Source, *end.Document, s.first()))
	}
	if err := s.table.Write(ctx, ops...); err != nil {
		return held, fmt.Errorf("finish scan %s: %w", end.Scan.ID, held.lost(err))
	}
	return lease, nil
}
