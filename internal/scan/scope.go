package scan

import (
	"context"
	"errors"
	"path"
	"strings"

	"plumbline/internal/drift"
	"plumbline/internal/place"
	"plumbline/internal/store"
)

// stateFile is the name that says nothing of what a state holds.
const stateFile = "terraform.tfstate"

// workspaceFolder is where the S3 backend keeps the states of workspaces.
const workspaceFolder = "env:"

// defaultScope is the scope of the object with that key, below the base, the
// organisation's allowed prefix:
//
//	key below the base                scope           why
//	--------------------------------  --------------  ---------------------------------
//	shop/vpc.tfstate                  shop/vpc        the extension goes
//	shop/vpc/terraform.tfstate        vpc/shop        <prefix>/<workspace>: Atmos on S3
//	a/b/c/terraform.tfstate           a/b/c           the file's name goes
//	env:/prod/shop/terraform.tfstate  prod/shop       Terraform's workspaces
//	env:/prod/terraform.tfstate       prod            the same, at the top
//
// Source: Terraform's S3 backend (workspace_key_prefix "env:"); Atmos sets
// workspace_key_prefix to the component, so that key is <component>/<stack>/
// terraform.tfstate and the scope becomes the component's name, <stack>/<component>.
func defaultScope(base, key string) string {
	key = strings.TrimPrefix(strings.TrimPrefix(key, base), "/")
	segments := strings.Split(key, "/")
	last := len(segments) - 1
	if len(segments) > 2 && segments[0] == workspaceFolder {
		return path.Join(segments[1], trimState(strings.Join(segments[2:], "/")))
	}
	if len(segments) == 3 && segments[last] == stateFile {
		return segments[1] + "/" + segments[0]
	}
	return trimState(key)
}

// trimState takes the name of a state file, or its extension, off a key.
func trimState(key string) string {
	if dir, file := path.Split(key); file == stateFile {
		return strings.TrimSuffix(dir, "/")
	}
	if ext := path.Ext(key); ext != "" && ext != path.Base(key) {
		return strings.TrimSuffix(key, ext)
	}
	return key
}

// scopeOf is the scope of a document of the source. A scope that the source sets is
// that of its one document, or what comes before those of a prefix.
func (s *Scanner) scopeOf(source drift.Source, pattern place.Pattern, at place.Location) string {
	set := strings.Trim(source.Settings.Scope, "/")
	if !source.Settings.Kind.IsScoped() {
		return set
	}
	if set == "" {
		base, _ := s.Prefixes.Base(source.Organisation, at.Bucket, at.Key)
		return defaultScope(base, at.Key)
	}
	if _, single := pattern.Single(); single {
		return set
	}
	return path.Join(set, defaultScope(strings.TrimSuffix(pattern.Prefix, "/"), at.Key))
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
		return true, nil
	}
	return false, err
}
