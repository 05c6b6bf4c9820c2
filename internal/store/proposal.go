package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/table"
)

type proposalRecord struct {
	ID           uuid.UUID            `json:"id"`
	SourceID     uuid.UUID            `json:"source"`
	ProjectID    uuid.UUID            `json:"project"`
	EnvID        uuid.UUID            `json:"env"`
	EntityID     uuid.UUID            `json:"entity"`
	EntityType   string               `json:"type"`
	EntityName   string               `json:"name"`
	Document     string               `json:"document"`
	ScanID       uuid.UUID            `json:"scan"`
	Action       drift.Action         `json:"action"`
	Changes      []changeRecord       `json:"changes"`
	Status       drift.ProposalStatus `json:"status"`
	Created      int64                `json:"created"`
	Decided      int64                `json:"decided,omitzero"`
	DecidedBy    string               `json:"by,omitzero"`
	SupersededBy uuid.UUID            `json:"superseded,omitzero"`
}

func (proposalRecord) format() byte { return formatSecond }

type changeRecord struct {
	Property string                  `json:"p"`
	Before   catalog.Value           `json:"b,omitzero"`
	After    catalog.Value           `json:"a,omitzero"`
	Secrets  map[string]secretRecord `json:"s,omitzero"`
	Conflict []claimRecord           `json:"c,omitzero"`
}

type secretRecord struct {
	Changes int  `json:"n,omitzero"`
	Changed bool `json:"c,omitzero"`
}

type claimRecord struct {
	Source uuid.UUID     `json:"s"`
	Value  catalog.Value `json:"v,omitzero"`
}

// Proposal returns a proposal of a source, or [ErrNotFound].
func (s *Store) Proposal(ctx context.Context, source, id uuid.UUID) (drift.Proposal, error) {
	item, err := s.get(ctx, proposalKey(source, id))
	if err != nil {
		return drift.Proposal{}, err
	}
	return s.proposal(ctx, item)
}

func (s *Store) proposal(ctx context.Context, item table.Item) (drift.Proposal, error) {
	var r proposalRecord
	if err := s.decode(ctx, item, &r); err != nil {
		return drift.Proposal{}, err
	}
	p := drift.Proposal{ID: r.ID, SourceID: r.SourceID, ProjectID: r.ProjectID, EnvID: r.EnvID, EntityID: r.EntityID,
		EntityType: r.EntityType, EntityName: r.EntityName, Document: r.Document, ScanID: r.ScanID, Action: r.Action,
		Status: r.Status, CreatedAt: fromMicros(r.Created), DecidedAt: fromMicros(r.Decided), DecidedBy: r.DecidedBy,
		SupersededBy: r.SupersededBy, Revision: item.Revision}
	for _, c := range r.Changes {
		change := drift.Change{Property: c.Property, Before: c.Before, After: c.After}
		for pointer, secret := range c.Secrets {
			if change.Secrets == nil {
				change.Secrets = make(map[string]drift.Secret, len(c.Secrets))
			}
			change.Secrets[pointer] = drift.Secret(secret)
		}
		for _, claim := range c.Conflict {
			change.Conflict = append(change.Conflict, drift.Claim(claim))
		}
		p.Changes = append(p.Changes, change)
	}
	return p, nil
}

// proposalOp writes a proposal over the one it was read from (Revision 0: a new
// one).
func (s *Store) proposalOp(ctx context.Context, p drift.Proposal) (table.Op, error) {
	r := proposalRecord{ID: p.ID, SourceID: p.SourceID, ProjectID: p.ProjectID, EnvID: p.EnvID, EntityID: p.EntityID,
		EntityType: p.EntityType, EntityName: p.EntityName, Document: p.Document, ScanID: p.ScanID, Action: p.Action,
		Status: p.Status, Created: micros(p.CreatedAt), Decided: micros(p.DecidedAt), DecidedBy: p.DecidedBy,
		SupersededBy: p.SupersededBy}
	for _, c := range p.Changes {
		change := changeRecord{Property: c.Property, Before: c.Before, After: c.After}
		for pointer, secret := range c.Secrets {
			if change.Secrets == nil {
				change.Secrets = make(map[string]secretRecord, len(c.Secrets))
			}
			change.Secrets[pointer] = secretRecord(secret)
		}
		for _, claim := range c.Conflict {
			change.Conflict = append(change.Conflict, claimRecord(claim))
		}
		r.Changes = append(r.Changes, change)
	}
	body, err := s.encode(ctx, idText(p.EntityID)+"/proposal-"+idText(p.ID), r)
	if err != nil {
		return table.Op{}, err
	}
	item := table.Item{Key: proposalKey(p.SourceID, p.ID), Revision: p.Revision + 1, Body: body}
	if p.Revision == 0 {
		item.Revision = s.first()
		return table.Put(item, table.Absent), nil
	}
	return table.Put(item, table.At(p.Revision)), nil
}

// ProposalCursor is the cursor behind a proposal in the lists of [Store.Proposals].
func ProposalCursor(p drift.Proposal) string { return proposalListKey(p).SK }

// Proposals returns a page of a source's proposals of one status, the oldest first.
func (s *Store) Proposals(ctx context.Context, source uuid.UUID, status drift.ProposalStatus, cursor string, limit int) ([]drift.Proposal, string, error) {
	items, next, err := s.merged(ctx, func(shard string) string { return proposalListPK(source, status, shard) }, "", cursor, limit)
	if err != nil {
		return nil, "", err
	}
	keys := make([]table.Key, 0, len(items))
	for _, item := range items {
		id, err := parseID(item.SK[len(item.SK)-26:])
		if err != nil {
			return nil, "", fmt.Errorf("item %s: %w", item.Key, err)
		}
		keys = append(keys, proposalKey(source, id))
	}
	found, err := s.batchGet(ctx, keys)
	if err != nil {
		return nil, "", err
	}
	proposals := make([]drift.Proposal, 0, len(found))
	for _, item := range found {
		p, err := s.proposal(ctx, item)
		if err != nil {
			return nil, "", err
		}
		proposals = append(proposals, p)
	}
	return proposals, next, nil
}
