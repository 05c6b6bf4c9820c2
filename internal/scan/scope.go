package scan

import (
	"context"
	"errors"
	"strings"

	"plumbline/internal/place"
	"plumbline/internal/store"
)

// scopeOf is the scope of a document of the source: see [place.Scope]. A scope that the
// source sets is that of its one document, or what comes before those of a prefix.
func (r *run) scopeOf(pattern place.Pattern, at place.Location) string {
	set := strings.Trim(r.source.Settings.Scope, "/")
	if _, single := pattern.Single(); !r.source.Settings.Kind.IsScoped() || single && set != "" {
		return set
	}
	workspaces := place.Workspaces{Prefix: r.source.Settings.WorkspaceKeyPrefix, Layout: r.layout}
	key, workspace := workspaces.Split(at.Key)
	if set != "" {
		folder := strings.TrimSuffix(pattern.Prefix, "/")
		return place.Scope(set, workspaces.SplitFolder(folder), key, workspace)
	}
	base, _ := r.Prefixes.Base(r.source.Organisation, at.Bucket, key)
	return place.Scope("", base, key, workspace)
}

// claim fixes the document's scope at its first scan. A scope that an earlier try had
// claimed under other settings is given back.
func (r *run) claim(ctx context.Context, d *document) (taken bool, err error) {
	if !d.before.ScannedAt.IsZero() || !r.source.Settings.Kind.IsScoped() {
		return false, nil
	}
	if r.req.DryRun {
		return r.Store.ScopeTaken(ctx, r.source.ID, r.source.EnvID, d.Scope, d.ID)
	}
	if before := d.before.Scope; before != "" && before != d.Scope {
		if err := r.Store.FreeScope(ctx, r.lease, r.source.EnvID, before, d.ID); err != nil {
			return false, err
		}
	}
	err = r.Store.ClaimScope(ctx, r.lease, r.source.EnvID, d.Scope, d.ID)
	if errors.Is(err, store.ErrScopeTaken) {
		inherited, err := r.Store.InheritScope(ctx, r.lease, r.source, d.Scope, d.ID)
		return !inherited, err
	}
	return false, err
}
