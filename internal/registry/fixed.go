package registry

import (
	"context"

	"plumbline/internal/drift"
	"plumbline/internal/place"
)

// checkFixed reports settings that the source's scans have fixed, or that another source
// has: the kind by the first scan, the scope by the first one that could read. One that
// was refused its scope may get another.
func (r *Registry) checkFixed(ctx context.Context, source drift.Source, next drift.Settings) error {
	if next.Kind == source.Settings.Kind && next.Scope == source.Settings.Scope {
		return nil
	}
	known := source.Last != nil
	named := known && !source.Last.Status.Stopped()
	for d, err := range r.Store.Documents(ctx, source.ID) {
		if err != nil {
			return err
		}
		known, named = true, named || !d.ScannedAt.IsZero()
	}
	switch {
	case known && next.Kind != source.Settings.Kind:
		return ErrKindFixed
	case named && next.Scope != source.Settings.Scope:
		return ErrScopeFixed
	}
	return r.checkTaken(ctx, source, next)
}

// checkTaken is [store.ErrScopeTaken] where the scope that a source of one object sets
// belongs to a document of another source. Scopes that follow from keys are claimed by
// the scan that finds them.
func (r *Registry) checkTaken(ctx context.Context, source drift.Source, next drift.Settings) error {
	pattern, err := place.ParsePattern(next.URI)
	if err != nil || next.Scope == "" || !next.Kind.IsScoped() {
		return nil // pushed to, or by the keys
	}
	if _, single := pattern.Single(); !single {
		return nil
	}
	return r.Store.ScopeFree(ctx, source.ID, source.EnvID, next.Scope, "")
}
