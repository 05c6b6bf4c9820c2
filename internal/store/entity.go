package store

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/table"
)

type entityRecord struct {
	EnvID         uuid.UUID                `json:"env"`
	Type          string                   `json:"type"`
	Name          string                   `json:"name"`
	State         string                   `json:"state,omitzero"`
	Properties    map[string]catalog.Value `json:"properties,omitzero"`
	Labels        map[string]string        `json:"labels,omitzero"`
	Declarers     []declarerRecord         `json:"by,omitzero"`
	SecretChanges map[string]int           `json:"secrets,omitzero"`
	Created       int64                    `json:"created"`
	Updated       int64                    `json:"updated"`
}

func (entityRecord) format() byte { return formatSecond }

type declarerRecord struct {
	Source   uuid.UUID `json:"source"`
	Document string    `json:"document"`
	// All: the source owns every property, as it mostly does.
	All           bool                 `json:"all,omitzero"`
	Owns          []string             `json:"owns,omitzero"`
	Relationships []relationshipRecord `json:"rel,omitzero"`
	// Identity is what records from before [Cloud] have.
	Identity string        `json:"identity,omitzero"`
	Cloud    identityForms `json:"cloud,omitzero"`
}

// identityForms is a [catalog.Identity].
type identityForms struct {
	Kind     string `json:"k,omitzero"`
	Resource string `json:"r,omitzero"`
	ARN      string `json:"n,omitzero"`
	ID       string `json:"i,omitzero"`
	Account  string `json:"a,omitzero"`
	Region   string `json:"g,omitzero"`
}

type relationshipRecord struct {
	Type   string `json:"t"`
	ToType string `json:"e,omitzero"`
	To     string `json:"n"`
}

// Entity returns an entity by id, or [ErrNotFound].
func (s *Store) Entity(ctx context.Context, id uuid.UUID) (*catalog.Record, error) {
	item, err := s.get(ctx, entityKey(id))
	if err != nil {
		return nil, err
	}
	return s.entity(ctx, item)
}

// Entities returns those entities that exist, in the order of the ids.
func (s *Store) Entities(ctx context.Context, ids []uuid.UUID) ([]*catalog.Record, error) {
	keys := make([]table.Key, len(ids))
	for i, id := range ids {
		keys[i] = entityKey(id)
	}
	items, err := s.batchGet(ctx, keys)
	if err != nil {
		return nil, err
	}
	records := make([]*catalog.Record, len(items))
	for i, item := range items {
		if records[i], err = s.entity(ctx, item); err != nil {
			return nil, err
		}
	}
	return records, nil
}

func (s *Store) entityOp(ctx context.Context, r *catalog.Record) (table.Op, error) {
	all := slices.Sorted(maps.Keys(r.Entity.Pointers()))
	rec := entityRecord{EnvID: r.EnvID, Type: r.Entity.Type, Name: r.Entity.Name, State: r.Entity.State,
		Properties: r.Entity.Properties, Labels: r.Entity.Labels, SecretChanges: r.SecretChanges,
		Created: micros(r.CreatedAt), Updated: micros(r.UpdatedAt)}
	for _, d := range r.Declarers {
		i := d.Identity
		by := declarerRecord{Source: d.Source, Document: d.Document, Identity: i.Given,
			Cloud: identityForms{Kind: i.Kind, Resource: i.Resource, ARN: i.ARN, ID: i.ID, Account: i.Account, Region: i.Region}}
		if by.All = slices.Equal(d.Owns, all); !by.All {
			by.Owns = d.Owns
		}
		for _, rel := range d.Relationships {
			by.Relationships = append(by.Relationships, relationshipRecord{Type: rel.Type, ToType: rel.To.Type, To: rel.To.Name})
		}
		rec.Declarers = append(rec.Declarers, by)
	}
	body, err := s.encode(ctx, idText(r.ID), rec)
	if err != nil {
		return table.Op{}, err
	}
	item := table.Item{Key: entityKey(r.ID), Revision: r.Revision + 1, Body: body}
	if r.Revision == 0 {
		item.Revision = s.first()
		return table.Put(item, table.Absent), nil
	}
	return table.Put(item, table.At(r.Revision)), nil
}

func (s *Store) entity(ctx context.Context, item table.Item) (*catalog.Record, error) {
	var rec entityRecord
	if err := s.decode(ctx, item, &rec); err != nil {
		return nil, err
	}
	id, err := parseID(strings.TrimPrefix(item.PK, entityPrefix))
	if err != nil {
		return nil, err
	}
	r := &catalog.Record{ID: id, EnvID: rec.EnvID, Entity: catalog.Entity{Type: rec.Type, Name: rec.Name, State: rec.State,
		Properties: rec.Properties, Labels: rec.Labels}, SecretChanges: rec.SecretChanges,
		CreatedAt: fromMicros(rec.Created), UpdatedAt: fromMicros(rec.Updated), Revision: item.Revision}
	var all []string
	for _, by := range rec.Declarers {
		c := by.Cloud
		d := catalog.Declarer{Source: by.Source, Document: by.Document, Owns: by.Owns,
			Identity: catalog.Identity{Kind: c.Kind, Resource: c.Resource, ARN: c.ARN, ID: c.ID, Account: c.Account, Region: c.Region, Given: by.Identity}}
		if by.All {
			if all == nil {
				all = slices.Sorted(maps.Keys(r.Entity.Pointers()))
			}
			d.Owns = slices.Clone(all)
		}
		for _, rel := range by.Relationships {
			d.Relationships = append(d.Relationships, catalog.Relationship{Type: rel.Type, To: catalog.Ref{Type: rel.ToType, Name: rel.To}})
		}
		r.Declarers = append(r.Declarers, d)
	}
	return r, nil
}
