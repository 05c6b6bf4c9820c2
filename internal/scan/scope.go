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

// claim claims the document's scope unless something of it is applied: then it has it. A
// scope that an earlier try had claimed under other settings is given back.
func (r *run) claim(ctx context.Context, d *document) error {
	if d.before.Entities > 0 || !r.source.Settings.Kind.IsScoped() {
		return nil
	}
	if r.req.DryRun {
		return r.Store.ScopeFree(ctx, r.source.ID, r.source.EnvID, d.Scope, d.ID)
	}
	if before := d.before.Scope; d.before.Revision > 0 && before != d.Scope {
		if err := r.Store.FreeScope(ctx, r.lease, r.source.EnvID, before, d.ID); err != nil {
			return err
		}
	}
	taken := r.Store.ClaimScope(ctx, r.lease, r.source.EnvID, d.Scope, d.ID)
	if errors.Is(taken, store.ErrScopeTaken) {
		if inherited, err := r.Store.InheritScope(ctx, r.lease, r.source, d.Scope, d.ID); inherited || err != nil {
			return err
		}
	}
	return taken
}
