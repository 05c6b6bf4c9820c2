package report

import (
	"context"

	"plumbline/internal/catalog"
)

// EntityTypes is a page of a project's entity types, by name, discovered ones
// included.
func (r *Reporter) EntityTypes(ctx context.Context, org, project string, span Span) (Page[catalog.EntityType], error) {
	p, err := r.Project(ctx, org, project)
	if err != nil {
		return Page[catalog.EntityType]{}, err
	}
	schemas, next, err := r.Store.Schemas(ctx, p.ID, catalog.KindEntityType, span.Cursor, span.Limit)
	if err != nil {
		return Page[catalog.EntityType]{}, err
	}
	page := Page[catalog.EntityType]{Next: next}
	for _, schema := range schemas {
		t, err := schema.EntityType()
		if err != nil {
			return Page[catalog.EntityType]{}, err
		}
		page.Items = append(page.Items, t)
	}
	return page, nil
}

// EntityType is one of a project's entity types, or [ErrEntityType].
func (r *Reporter) EntityType(ctx context.Context, org, project, name string) (catalog.EntityType, error) {
	p, err := r.Project(ctx, org, project)
	if err != nil {
		return catalog.EntityType{}, err
	}
	schema, err := r.Store.Schema(ctx, p.ID, catalog.KindEntityType, name)
	if err != nil {
		return catalog.EntityType{}, absent(err, ErrEntityType)
	}
	return schema.EntityType()
}
