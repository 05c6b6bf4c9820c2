package registry

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/reconcile"
	"plumbline/internal/report"
	"plumbline/internal/store"
)

// DeleteEntity removes an entity that no source declares, or only sources that are gone,
// and leaves its history. The errors are [ErrDeclared], [ErrDeleting] and
// [report.ErrEntity].
func (r *Registry) DeleteEntity(ctx context.Context, project store.Project, env store.Environment, record *catalog.Record, actor string) error {
	err := retry(ctx, func() error { return r.erase(ctx, record.ID, nil, actor) })
	if errors.Is(err, ErrDeclared) {
		return r.deleteOrphan(ctx, project, env, record, actor)
	}
	return err
}

// erase removes an entity that no source declares, those aside that are deleted.
func (r *Registry) erase(ctx context.Context, id uuid.UUID, deleted map[uuid.UUID]bool, actor string) error {
	entries, err := r.Store.Load(ctx, uuid.Nil, "", []uuid.UUID{id})
	if err != nil {
		return err
	}
	entry := entries[0]
	switch {
	case entry.Record == nil:
		return report.ErrEntity
	case len(without(entry.Record.Declarers, deleted)) > 0:
		return ErrDeclared
	}
	_, err = r.Store.Apply(ctx, nil, []store.Write{{Entry: entry, Change: reconcile.Change{Delete: true}, Actor: actor, At: r.Now()}})
	return err
}
