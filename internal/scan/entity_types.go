package scan

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/store"
)

// entityTypes are the types that a scan has met, read once.
type entityTypes struct {
	store   *store.Store
	project uuid.UUID
	known   map[string]catalog.EntityType
}

// check holds an entity against its type. A type that is not registered is
// registered as discovered.
func (t *entityTypes) check(ctx context.Context, r *run, e *catalog.Entity) (catalog.Problems, error) {
	if store.IsLinkType(e.Type) {
		return nil, nil // held against its own type already
	}
	entityType, found := t.known[e.Type]
	if !found {
		var err error
		if entityType, err = t.load(ctx, r, e.Type); err != nil {
			return nil, fmt.Errorf("entity type %s: %w", e.Type, err)
		}
		t.learn(entityType)
	}
	return entityType.Check(*e), nil
}

func (t *entityTypes) learn(entityType catalog.EntityType) {
	if t.known == nil {
		t.known = map[string]catalog.EntityType{}
	}
	t.known[entityType.Name] = entityType
}

// pushed takes note of the types that a push declares itself.
func (t *entityTypes) pushed(schemas []catalog.Schema) error {
	for _, schema := range schemas {
		if schema.Kind != catalog.KindEntityType {
			continue
		}
		entityType, err := schema.EntityType()
		if err != nil {
			return err
		}
		t.learn(entityType)
	}
	return nil
}

func (t *entityTypes) load(ctx context.Context, r *run, name string) (catalog.EntityType, error) {
	schema, err := t.store.Schema(ctx, t.project, catalog.KindEntityType, name)
	if err == nil {
		return schema.EntityType()
	}
	if !errors.Is(err, store.ErrNotFound) {
		return catalog.EntityType{}, err
	}
	discovered := catalog.Discover(name)
	if r.req.DryRun {
		return discovered, nil
	}
	err = t.store.Under(r.lease).CreateSchema(ctx, t.project, discovered.Schema())
	if errors.Is(err, store.ErrExists) {
		return t.load(ctx, r, name) // another scan met it meanwhile
	}
	r.sum.ItemsWritten++
	return discovered, err
}
