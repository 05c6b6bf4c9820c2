package store

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/table"
)

// maxPatchBytes bounds a patch that is kept for itself; of a longer one only its length
// is. Those of events and proposals are there in any case.
const maxPatchBytes = 64 << 10

// deltas are what one transaction of a scan finds declared otherwise: one item, and the
// scan's tally.
type deltas struct {
	source, scan uuid.UUID
	records      []deltaRecord
	counts       drift.DeltaCounts
}

// redeclared notes how a declaration changed. A patch is not written twice: where what was
// applied or proposed is what changed between the declarations, as it mostly is, the
// delta names the event or the proposal (event is [uuid.Nil] where there is none).
func (b *batch) redeclared(w *Write, event uuid.UUID) error {
	if w.Delta.Kind == "" {
		return nil
	}
	head := w.Entry.Head
	if w.Change.Head != nil {
		head = *w.Change.Head
	}
	r := deltaRecord{Entity: w.Entry.EntityID, Type: head.EntityType, Name: head.Name, Kind: w.Delta.Kind,
		Relationships: w.Delta.Relationships}
	switch changes := w.Delta.Changes; {
	case len(changes) == 0:
	case event != uuid.Nil && slices.EqualFunc(changes, w.Change.Applied, sameChange):
		r.Event = event
	case w.Change.Open != nil && slices.EqualFunc(changes, w.Change.Open.Changes, sameChange):
		r.Proposal = w.Change.Open.ID
	default:
		if err := b.keepPatch(&r, changes, w.At); err != nil {
			return err
		}
	}
	b.deltas.source, b.deltas.scan = w.Source.ID, w.ScanID
	b.deltas.records = append(b.deltas.records, r)
	b.deltas.counts.Count(r.Kind, 1)
	return nil
}

func sameChange(a, b drift.Change) bool {
	return a.Property == b.Property && catalog.Equal(a.Before, b.Before) && catalog.Equal(a.After, b.After)
}

// keepPatch writes a patch beside the entity, where a property that turns secret finds
// it: see [Store.Scrub].
func (b *batch) keepPatch(r *deltaRecord, changes []drift.Change, at time.Time) error {
	body := small(deltaPatchRecord{Patch: patchRecords(patchOf(changes))})
	if len(body) > maxPatchBytes {
		r.PatchBytes = len(body)
		return nil
	}
	var err error
	if r.Patch, err = uuid.NewV7(); err != nil {
		return err
	}
	b.ops = append(b.ops, table.Put(table.Item{Key: deltaPatchKey(r.Entity, r.Patch), Revision: b.store.first(), Body: body,
		Expires: scanExpiry(at)}, table.Absent))
	return nil
}

// closeDeltas writes what [batch.redeclared] noted. The tally is as it was read, Revision 0
// where the scan has none yet.
func (b *batch) closeDeltas(ctx context.Context, tally table.Item) error {
	d := b.deltas
	if len(d.records) == 0 {
		return nil
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	expires := scanExpiry(b.store.now())
	b.ops = append(b.ops, table.Put(table.Item{Key: deltaKey(d.source, d.scan, id), Revision: b.store.first(),
		Body: small(deltasRecord{Deltas: d.records}), Expires: expires}, table.Absent))
	item, when := table.Item{Key: deltaTallyKey(d.source, d.scan), Revision: b.store.first(), Expires: expires}, table.Absent
	if tally.Revision > 0 {
		before, err := b.store.deltaTally(ctx, tally)
		if err != nil {
			return err
		}
		d.counts.Add(before)
		item.Revision, when = tally.Revision+1, table.At(tally.Revision)
	}
	item.Body = small(deltaTallyRecord(d.counts))
	b.ops = append(b.ops, table.Put(item, when))
	return nil
}

func scanExpiry(at time.Time) time.Time { return at.Add(scanRetention).Truncate(time.Second) }
