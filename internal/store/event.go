package store

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
	"plumbline/internal/table"
)

// Event is one applied change of an entity.
type Event struct {
	ID     uuid.UUID // UUIDv7: events sort by time
	Entity uuid.UUID
	At     time.Time
	// Action: created, updated, removed (one source's share), deleted.
	Action string
	// Actor is who or what: a token's subject, or a trigger.
	Actor    string
	Source   uuid.UUID
	ScanID   uuid.UUID // zero for a decision
	Proposal uuid.UUID // zero for a scan
	// FromRevision is the revision of the record that the change replaced, 0 for a
	// creation.
	FromRevision int64
	// Patch is RFC 6902, on the entity as {properties, labels, state}; empty for a
	// creation.
	Patch []reconcile.PatchOp
}

type eventRecord struct {
	At           int64         `json:"at"`
	Action       string        `json:"action"`
	Actor        string        `json:"actor,omitzero"`
	Source       uuid.UUID     `json:"source,omitzero"`
	ScanID       uuid.UUID     `json:"scan,omitzero"`
	Proposal     uuid.UUID     `json:"proposal,omitzero"`
	FromRevision int64         `json:"from,omitzero"`
	Patch        []patchRecord `json:"patch,omitzero"`
}

type patchRecord struct {
	Op    string        `json:"op"`
	Path  string        `json:"path"`
	Value catalog.Value `json:"value,omitzero"`
}

// Events returns a page of an entity's history, the newest first.
func (s *Store) Events(ctx context.Context, entity uuid.UUID, cursor string, limit int) ([]Event, string, error) {
	q := rangeOf(entityPK(entity), eventPrefix, cursor, limit)
	q.Backward = true
	return page(ctx, s, q, s.event)
}

func (s *Store) event(ctx context.Context, item table.Item) (Event, error) {
	var r eventRecord
	if err := s.decode(ctx, item, &r); err != nil {
		return Event{}, err
	}
	id, err := parseID(strings.TrimPrefix(item.SK, eventPrefix))
	if err != nil {
		return Event{}, err
	}
	entity, err := parseID(strings.TrimPrefix(item.PK, entityPrefix))
	if err != nil {
		return Event{}, err
	}
	e := Event{ID: id, Entity: entity, At: fromMicros(r.At), Action: r.Action, Actor: r.Actor, Source: r.Source,
		ScanID: r.ScanID, Proposal: r.Proposal, FromRevision: r.FromRevision}
	e.Patch = patchOps(r.Patch)
	return e, nil
}

func (s *Store) eventOp(ctx context.Context, e Event, revision int64) (table.Op, error) {
	r := eventRecord{At: micros(e.At), Action: e.Action, Actor: e.Actor, Source: e.Source, ScanID: e.ScanID,
		Proposal: e.Proposal, FromRevision: e.FromRevision}
	r.Patch = patchRecords(e.Patch)
	body, err := s.encode(ctx, idText(e.Entity)+"/event-"+idText(e.ID), r)
	if err != nil {
		return table.Op{}, err
	}
	return table.Put(table.Item{Key: eventKey(e.Entity, e.ID), Revision: revision, Body: body}, table.Any), nil
}

// patchOf is the patch of applied changes.
func patchOf(applied []drift.Change) []reconcile.PatchOp {
	var patch []reconcile.PatchOp
	for _, c := range applied {
		patch = append(patch, reconcile.Patch(c)...)
	}
	return patch
}

func patchRecords(patch []reconcile.PatchOp) []patchRecord {
	records := make([]patchRecord, len(patch))
	for i, op := range patch {
		records[i] = patchRecord(op)
	}
	return records
}

func patchOps(records []patchRecord) []reconcile.PatchOp {
	var patch []reconcile.PatchOp
	for _, op := range records {
		patch = append(patch, reconcile.PatchOp(op))
	}
	return patch
}
