package scan

import (
	"context"
	"errors"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
	"plumbline/internal/reader/items"
	"plumbline/internal/store"
)

// deletions checks a push's schema kinds as a whole: who may write them, and what is
// to be deleted.
func (r *run) deletions(parsed items.Set) ([]items.Deletion, error) {
	var deletions []items.Deletion
	if len(r.req.Push.Deletions) > 0 {
		var problems []reader.Problem
		var err error
		if deletions, problems, err = items.ParseDeletions(r.req.Push.Deletions); err != nil || len(problems) > 0 {
			var unusable *reader.UnusableError
			if errors.As(err, &unusable) {
				problems = append(problems, unusable.Problem)
			} else if err != nil {
				return nil, err
			}
			return nil, &InvalidError{Problems: problems}
		}
	}
	if len(parsed.Schemas)+len(deletions) > 0 && !r.req.Push.MaySchema {
		return nil, ErrSchemaDenied
	}
	return deletions, nil
}

// applySchemas records the schema kinds of a push; they are facts.
func (r *run) applySchemas(ctx context.Context, schemas []catalog.Schema) error {
	for _, schema := range schemas {
		outcome, err := r.applySchema(ctx, schema)
		if err != nil {
			return err
		}
		r.sum.schema(schema.Kind, schema.Name, outcome)
	}
	return nil
}

func (r *run) applySchema(ctx context.Context, schema catalog.Schema) (outcome string, err error) {
	for range retries {
		outcome, err = r.trySchema(ctx, schema)
		if !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			break
		}
	}
	if err == nil && outcome != "unchanged" && !r.req.DryRun {
		r.sum.ItemsWritten++
	}
	return outcome, err
}

// trySchema fails with [store.ErrConflict] or [store.ErrExists] where somebody else
// wrote the schema meanwhile.
func (r *run) trySchema(ctx context.Context, schema catalog.Schema) (outcome string, err error) {
	recorded, err := r.Store.Schema(ctx, r.source.ProjectID, schema.Kind, schema.Name)
	switch {
	case errors.Is(err, ErrNotFound):
		if !r.req.DryRun {
			err = r.Store.Under(r.lease).CreateSchema(ctx, r.source.ProjectID, schema)
		} else {
			err = nil
		}
		return "created", err
	case err != nil:
		return "", err
	case catalog.Equal(recorded.Body, schema.Body):
		return "unchanged", nil
	case !r.req.DryRun:
		err = r.Store.Under(r.lease).ReplaceSchema(ctx, r.source.ProjectID, recorded, schema.Body)
	}
	return "updated", err
}

// deleteSchemas runs after the apply. An entity type that entities still have stays,
// and is told as failed.
func (r *run) deleteSchemas(ctx context.Context, deletions []items.Deletion) error {
	for _, deletion := range deletions {
		recorded, err := r.Store.Schema(ctx, r.source.ProjectID, deletion.Kind, deletion.Name)
		if errors.Is(err, ErrNotFound) {
			r.sum.schema(deletion.Kind, deletion.Name, "absent")
			continue
		}
		if err != nil {
			return err
		}
		if deletion.Kind == catalog.KindEntityType {
			used, err := r.Store.TypeInUse(ctx, r.source.ProjectID, deletion.Name)
			if err != nil {
				return err
			}
			if used {
				r.sum.failure("", reader.Problem{Name: deletion.Name, Offset: -1, Path: "deletions", Reason: "entities of this type exist"})
				continue
			}
		}
		if !r.req.DryRun {
			if err := r.Store.Under(r.lease).DeleteSchema(ctx, r.source.ProjectID, recorded); err != nil {
				return err
			}
			r.sum.ItemsWritten++
		}
		r.sum.schema(deletion.Kind, deletion.Name, "deleted")
	}
	return nil
}
