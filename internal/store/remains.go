package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/table"
)

// Remains is a source whose record is gone though something of it is left: entities that
// it declares, claims on scopes, its documents. Scans of earlier versions left such, where
// their source was deleted before they had written all.
type Remains struct {
	Source  uuid.UUID
	Project Project
	Env     Environment
}

// source is the record that the remains are deleted by, as any source that is being
// deleted.
func (r Remains) source(now, due time.Time) drift.Source {
	return drift.Source{ID: r.Source, Organisation: r.Project.Organisation, Project: r.Project.Name, ProjectID: r.Project.ID,
		Environment: r.Env.Name, EnvID: r.Env.ID, SettingsRevision: 1, Deleting: true, NextDue: due, CreatedAt: now, UpdatedAt: now,
		Settings: drift.Settings{Kind: drift.KindTFState, Policy: drift.AutoUpdate, Schedule: drift.DefaultSchedule}}
}

// PutBack records what is left of a source as one that is being deleted, and makes it due
// at a time, in one transaction. Where there is a source of that id the error is
// [ErrConflict].
func (s *Store) PutBack(ctx context.Context, r Remains, due time.Time) (drift.Source, error) {
	src := r.source(s.now(), due)
	return src, s.table.Write(ctx, s.putBack(src)...)
}

func (s *Store) putBack(src drift.Source) []table.Op {
	return []table.Op{
		table.Put(table.Item{Key: sourceKey(src.ProjectID, src.ID), Revision: s.first(), Body: sourceBody(src)}, table.Absent),
		table.Put(table.Item{Key: dueKey(src.NextDue, src.ID, dueSchedule), Revision: s.first(), Body: small(refOf(src))}, table.Any),
	}
}

// ScopeClaimants returns the sources that have claimed a scope of an environment, in no
// particular order.
func (s *Store) ScopeClaimants(ctx context.Context, env uuid.UUID) ([]uuid.UUID, error) {
	seen := map[uuid.UUID]bool{}
	var sources []uuid.UUID
	for item, err := range s.items(ctx, rangeOf(scopePK(env), scopePrefix, "", 0)) {
		if err != nil {
			return nil, err
		}
		var claim scopeRecord
		if err := s.decode(ctx, item, &claim); err != nil {
			return nil, err
		}
		if !seen[claim.Source] {
			seen[claim.Source] = true
			sources = append(sources, claim.Source)
		}
	}
	return sources, nil
}

// InheritScope gives a document the scope whose claimant is a source that is gone, and puts
// the remains of that source back, due at once. ok is false, and nothing is written, where
// the claimant is there.
func (s *Store) InheritScope(ctx context.Context, held Lease, heir drift.Source, scope, document string) (ok bool, err error) {
	k := scopeKey(heir.EnvID, scope)
	item, err := s.get(ctx, k)
	if errors.Is(err, ErrNotFound) { // freed meanwhile
		return true, s.ClaimScope(ctx, held, heir.EnvID, scope, document)
	}
	if err != nil {
		return false, err
	}
	var claim scopeRecord
	if err := s.decode(ctx, item, &claim); err != nil {
		return false, err
	}
	if _, err := s.get(ctx, sourceKey(heir.ProjectID, claim.Source)); !errors.Is(err, ErrNotFound) {
		return false, err
	}
	gone := Remains{Source: claim.Source, Project: Project{ID: heir.ProjectID, Organisation: heir.Organisation, Name: heir.Project},
		Env: Environment{ID: heir.EnvID, Name: heir.Environment}}
	next := table.Item{Key: k, Revision: item.Revision + 1, Body: small(scopeRecord{Source: heir.ID, Document: document})}
	ops := append(s.putBack(gone.source(s.now(), s.now())), held.check(), table.Put(next, table.At(item.Revision)))
	err = held.lost(s.table.Write(ctx, ops...))
	if errors.Is(err, ErrConflict) { // another document was quicker
		return false, nil
	}
	return err == nil, err
}
