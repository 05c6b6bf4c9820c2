package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
	"plumbline/internal/table"
)

// Write is the change of one entity, to be stored with all that follows from it.
type Write struct {
	Source   drift.Source
	Document string
	Entry    Entry
	Change   reconcile.Change
	// Decision is the proposal that a person decided, nil for a scan.
	Decision *drift.Proposal
	Actor    string
	ScanID   uuid.UUID
	At       time.Time
}

// Apply stores changes all or nothing. Under a lease it takes place only while the
// lease is held ([ErrLeaseLost]); nil is for decisions, which no scan makes. What
// moved since it was read is [ErrConflict], too many or too big changes are
// [table.ErrTooLarge] or [table.ErrInvalid]: apply fewer at once. The items written
// are returned.
func (s *Store) Apply(ctx context.Context, held *Lease, writes []Write) (items int, err error) {
	b := newBatch(s)
	for i := range writes {
		if err := b.add(ctx, &writes[i]); err != nil {
			return 0, err
		}
	}
	if err := b.close(ctx); err != nil {
		return 0, err
	}
	if len(b.ops) == 0 {
		return 0, nil
	}
	written := len(b.ops)
	if held != nil {
		b.ops = append(b.ops, held.check())
	}
	if err := s.table.Write(ctx, b.ops...); err != nil {
		if held != nil {
			err = held.lost(err)
		}
		return 0, fmt.Errorf("apply %d changes: %w", len(writes), err)
	}
	for _, blob := range b.oldBlobs {
		if err := s.dropBlob(ctx, blob, b.ops); err != nil {
			return written, err
		}
	}
	return written, nil
}

// dropBlob removes the blob of a replaced body, unless the new body is the same.
func (s *Store) dropBlob(ctx context.Context, blob string, ops []table.Op) error {
	for _, op := range ops {
		if op.Kind == table.OpPut && blobOf(op.Item) == blob {
			return nil
		}
	}
	if err := s.blobs.DeleteBlob(ctx, blob); err != nil {
		return fmt.Errorf("delete blob %s: %w", blob, err)
	}
	return nil
}

// IsTooMuch reports whether fewer changes at once could pass.
func IsTooMuch(err error) bool {
	return errors.Is(err, table.ErrTooLarge) || errors.Is(err, table.ErrInvalid)
}

// batch gathers the ops of several changes; items that several changes share, totals
// and identities, are gathered first and written once.
type batch struct {
	store      *Store
	ops        []table.Op
	totals     map[table.Key]*Totals
	identities map[table.Key]*identityDelta
	oldBlobs   []string
}

func newBatch(s *Store) *batch {
	return &batch{store: s, totals: map[table.Key]*Totals{}, identities: map[table.Key]*identityDelta{}}
}

func (b *batch) add(ctx context.Context, w *Write) error {
	if w.Change.Empty() && !w.moved() {
		return nil
	}
	for _, step := range []func(context.Context, *Write) error{b.record, b.heads, b.proposals, b.event} {
		if err := step(ctx, w); err != nil {
			return err
		}
	}
	b.envStatus(w)
	return nil
}

// moved: the entity's head has to go from one document of the source to another.
func (w *Write) moved() bool {
	return w.Entry.Head.Revision > 0 && w.Entry.HeadDocument != w.Document
}

// record writes the entity and the lists that it stands in.
func (b *batch) record(ctx context.Context, w *Write) error {
	before, after := w.Entry.Record, w.Change.Record
	if w.Entry.blob != "" && (after != nil || w.Change.Delete) {
		b.oldBlobs = append(b.oldBlobs, w.Entry.blob)
	}
	switch {
	case w.Change.Delete:
		b.ops = append(b.ops, table.Delete(entityKey(before.ID), table.At(before.Revision)))
		b.unlist(before)
		b.identify(before, nil)
		return nil
	case after == nil:
		return nil
	case before == nil:
		after.CreatedAt = w.At
		b.list(after)
	}
	after.UpdatedAt = w.At
	op, err := b.store.entityOp(ctx, after)
	if err != nil {
		return err
	}
	b.ops = append(b.ops, op)
	b.identify(before, after)
	return nil
}

func (b *batch) list(r *catalog.Record) {
	body := small(idRecord{ID: r.ID})
	for _, k := range listKeys(r) {
		b.ops = append(b.ops, table.Put(table.Item{Key: k, Revision: b.store.first(), Body: body}, table.Any))
	}
}

func (b *batch) unlist(r *catalog.Record) {
	for _, k := range listKeys(r) {
		b.ops = append(b.ops, table.Delete(k, table.Any))
	}
}

// heads writes the source's own head and those of others, with the status entries
// and totals that follow.
func (b *batch) heads(_ context.Context, w *Write) error {
	before, after := w.Entry.Head, w.Change.Head
	if after == nil && w.moved() && !w.Change.DropHead {
		after = &before
	}
	switch {
	case w.Change.DropHead && before.Revision > 0:
		b.ops = append(b.ops, table.Delete(headKey(w.Source.ID, w.Entry.HeadDocument, before.EntityID), table.At(before.Revision)))
		b.sourceStatus(w.Source.ID, before, drift.Head{EntityID: before.EntityID})
		b.total(w.Source.ID, w.Entry.HeadDocument, before, -1)
	case after != nil:
		next := *after
		if w.moved() {
			b.ops = append(b.ops, table.Delete(headKey(w.Source.ID, w.Entry.HeadDocument, before.EntityID), table.At(before.Revision)))
			next.Revision = 0
		}
		b.putHead(w.Source.ID, w.Entry.HeadDocument, w.Document, before, next)
	}
	for _, effect := range w.Change.Others {
		other := w.other(effect.Source)
		b.putHead(effect.Source, other.Document, other.Document, other.Head, effect.Head)
		if effect.Rescan {
			ref := w.Source.Ref() // a source of the same environment, hence project
			ref.ID = effect.Source
			b.ops = append(b.ops, b.store.dueOp(ref, w.At, dueMark, FullScan))
		}
	}
	return nil
}

func (w *Write) other(source uuid.UUID) reconcile.Other {
	for _, o := range w.Entry.Others {
		if o.Source == source {
			return o
		}
	}
	return reconcile.Other{}
}

func (b *batch) putHead(source uuid.UUID, fromDocument, document string, before, after drift.Head) {
	b.ops = append(b.ops, headOp(source, document, after, b.store.first()))
	b.sourceStatus(source, before, after)
	if before.Revision > 0 {
		b.total(source, fromDocument, before, -1)
	}
	b.total(source, document, after, 1)
}

// sourceStatus keeps the sparse entries of a source's drifted and missing entities.
func (b *batch) sourceStatus(source uuid.UUID, before, after drift.Head) {
	if before.Status == after.Status {
		return
	}
	if sparse(before.Status) {
		b.ops = append(b.ops, table.Delete(sourceStatusKey(source, before.Status, before.EntityID), table.Any))
	}
	if sparse(after.Status) {
		body := small(namedRecord{ID: after.EntityID, Type: after.EntityType, Name: after.Name})
		b.ops = append(b.ops, table.Put(table.Item{Key: sourceStatusKey(source, after.Status, after.EntityID),
			Revision: b.store.first(), Body: body}, table.Any))
	}
}

// sparse statuses have entries of their own; current is everything else.
func sparse(s drift.Status) bool { return s == drift.Drifted || s == drift.Missing }

type namedRecord struct {
	ID   uuid.UUID `json:"id"`
	Type string    `json:"t"`
	Name string    `json:"n"`
}

func (b *batch) total(source uuid.UUID, document string, head drift.Head, n int) {
	k := totalKey(source, document, totalShard(head.EntityID))
	if b.totals[k] == nil {
		b.totals[k] = &Totals{}
	}
	b.totals[k].count(head, n)
}

// envStatus keeps the sparse entries of an environment's drifted and missing
// entities.
func (b *batch) envStatus(w *Write) {
	r := w.Change.Record
	if r == nil {
		r = w.Entry.Record
	}
	if r == nil {
		return
	}
	if _, isLink := RelationshipType(r); isLink {
		return
	}
	before, after := w.Entry.Status(), w.Change.Status
	if w.Change.Delete {
		after = drift.Current
	}
	if before == after {
		return
	}
	if sparse(before) {
		b.ops = append(b.ops, table.Delete(envStatusKey(r.EnvID, before, r.ID, r.Entity.Type, r.Entity.Name), table.Any))
	}
	if sparse(after) {
		b.ops = append(b.ops, table.Put(table.Item{Key: envStatusKey(r.EnvID, after, r.ID, r.Entity.Type, r.Entity.Name),
			Revision: b.store.first(), Body: small(idRecord{ID: r.ID})}, table.Any))
	}
}

// Status is the entity's drift status over all sources, as it was read.
func (e Entry) Status() drift.Status {
	var statuses []drift.Status
	if e.Head.Revision > 0 {
		statuses = append(statuses, e.Head.Status)
	}
	for _, o := range e.Others {
		statuses = append(statuses, o.Head.Status)
	}
	return drift.Worst(statuses...)
}

// event leaves one for each applied change.
func (b *batch) event(ctx context.Context, w *Write) error {
	e := Event{Entity: w.Entry.EntityID, At: w.At, Actor: w.Actor, Source: w.Source.ID, ScanID: w.ScanID, Action: "updated"}
	switch {
	case w.Entry.Record == nil && w.Change.Record != nil:
		e.Action = "created"
	case w.Change.Delete:
		e.Action = "deleted"
	case w.Change.Outcome == reconcile.Removed && w.Change.Record != nil:
		e.Action = "removed"
	case len(w.Change.Applied) == 0:
		return nil
	}
	if w.Entry.Record != nil {
		e.FromRevision = w.Entry.Record.Revision
	}
	if w.Decision != nil {
		e.Proposal, e.ScanID = w.Decision.ID, uuid.Nil
	}
	var err error
	if e.ID, err = uuid.NewV7(); err != nil {
		return err
	}
	if !w.Change.Delete {
		if e.Patch, err = patchOf(w.Change.Applied); err != nil {
			return err
		}
	}
	op, err := b.store.eventOp(ctx, e, b.store.first())
	b.ops = append(b.ops, op)
	return err
}

// close adds what several changes share.
func (b *batch) close(ctx context.Context) error {
	if err := b.closeTotals(ctx); err != nil {
		return err
	}
	return b.closeIdentities(ctx)
}

func (b *batch) closeTotals(ctx context.Context) error {
	var keys []table.Key
	for k, t := range b.totals {
		if *t != (Totals{}) {
			keys = append(keys, k)
		}
	}
	items, err := b.store.batchGet(ctx, keys)
	if err != nil {
		return err
	}
	found := make(map[table.Key]table.Item, len(items))
	for _, item := range items {
		found[item.Key] = item
	}
	for _, k := range keys {
		sum := *b.totals[k]
		if item := found[k]; item.Revision > 0 {
			var r totalsRecord
			if err := b.store.decode(ctx, item, &r); err != nil {
				return err
			}
			sum.Add(Totals(r))
		}
		b.ops = append(b.ops, totalsOp(k, found[k], sum, b.store.first()))
	}
	return nil
}
