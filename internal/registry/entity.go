package registry

import (
	"context"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/reconcile"
	"plumbline/internal/report"
	"plumbline/internal/store"
)

// DeleteEntity removes an entity that no source declares, and leaves its history. The
// errors are [ErrDeclared] and [report.ErrEntity].
func (r *Registry) DeleteEntity(ctx context.Context, record *catalog.Record, actor string) error {
	return retry(ctx, func() error { return r.deleteEntity(ctx, record.ID, actor) })
}

func (r *Registry) deleteEntity(ctx context.Context, id uuid.UUID, actor string) error {
	entries, err := r.Store.Load(ctx, uuid.Nil, "", []uuid.UUID{id})
	if err != nil {
		return err
	}
	entry := entries[0]
	switch {
	case entry.Record == nil:
		return report.ErrEntity
	case len(entry.Record.Declarers) > 0:
		return ErrDeclared
	}
	_, err = r.Store.Apply(ctx, nil, []store.Write{{Entry: entry, Change: reconcile.Change{Delete: true}, Actor: actor, At: r.Now()}})
	return err
}
