package registry

import (
	"context"
	"errors"
	"strconv"

	"plumbline/internal/catalog"
	"plumbline/internal/report"
	"plumbline/internal/store"
)

// CreateType registers an entity type in its flat shape (a canonical object). The
// errors are [*InvalidError], [report.ErrProject] and [ErrTypeExists]; a discovered
// type exists, and is replaced instead.
func (r *Registry) CreateType(ctx context.Context, org, project string, flat catalog.Value) (catalog.EntityType, error) {
	p, schema, err := r.decodeType(ctx, org, project, flat)
	if err != nil {
		return catalog.EntityType{}, err
	}
	err = r.Store.CreateSchema(ctx, p.ID, schema)
	if errors.Is(err, store.ErrExists) {
		return catalog.EntityType{}, ErrTypeExists
	}
	if err != nil {
		return catalog.EntityType{}, err
	}
	return schema.EntityType()
}

// ReplaceType replaces a registered or discovered type, which is registered from then
// on. The errors are [*InvalidError], [report.ErrProject] and [report.ErrEntityType].
func (r *Registry) ReplaceType(ctx context.Context, org, project, name string, flat catalog.Value) (catalog.EntityType, error) {
	p, schema, err := r.decodeType(ctx, org, project, flat)
	if err != nil {
		return catalog.EntityType{}, err
	}
	if schema.Name != name {
		return catalog.EntityType{}, invalid("name", "must be the name in the path")
	}
	err = retry(ctx, func() error {
		recorded, err := r.Store.Schema(ctx, p.ID, catalog.KindEntityType, name)
		if err != nil {
			return or(err, report.ErrEntityType)
		}
		if catalog.Equal(recorded.Body, schema.Body) {
			return nil
		}
		return r.Store.ReplaceSchema(ctx, p.ID, recorded, schema.Body)
	})
	if err != nil {
		return catalog.EntityType{}, err
	}
	return schema.EntityType()
}

// DeleteType removes a type that no entity is of, in any environment. The errors are
// [report.ErrProject], [report.ErrEntityType] and [ErrTypeInUse].
func (r *Registry) DeleteType(ctx context.Context, org, project, name string) error {
	p, err := r.Store.Project(ctx, org, project)
	if err != nil {
		return or(err, report.ErrProject)
	}
	return retry(ctx, func() error {
		recorded, err := r.Store.Schema(ctx, p.ID, catalog.KindEntityType, name)
		if err != nil {
			return or(err, report.ErrEntityType)
		}
		switch used, err := r.Store.TypeInUse(ctx, p.ID, name); {
		case err != nil:
			return err
		case used:
			return ErrTypeInUse
		}
		return r.Store.DeleteSchema(ctx, p.ID, recorded)
	})
}

func (r *Registry) decodeType(ctx context.Context, org, project string, flat catalog.Value) (store.Project, catalog.Schema, error) {
	for pointer := range catalog.Secrets(flat) { // what is stored with the mark would be taken for a secret
		return store.Project{}, catalog.Schema{}, invalid("", `must have no member "`+catalog.SecretMember+`", but has one at `+strconv.Quote(pointer))
	}
	schema, problems := catalog.DecodeSchema(catalog.KindEntityType, flat)
	if len(problems) > 0 {
		return store.Project{}, catalog.Schema{}, &InvalidError{Problems: problems}
	}
	p, err := r.Store.Project(ctx, org, project)
	return p, schema, or(err, report.ErrProject)
}
