package report

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/store"
)

// Project resolves a project, or [ErrProject].
func (r *Reporter) Project(ctx context.Context, org, name string) (store.Project, error) {
	project, err := r.Store.Project(ctx, org, name)
	return project, absent(err, ErrProject)
}

// Environment resolves an environment of a project, or [ErrProject] or
// [ErrEnvironment].
func (r *Reporter) Environment(ctx context.Context, org, project, name string) (store.Project, store.Environment, error) {
	p, err := r.Project(ctx, org, project)
	if err != nil {
		return p, store.Environment{}, err
	}
	env, err := r.Store.Environment(ctx, p.ID, name)
	return p, env, absent(err, ErrEnvironment)
}

// Source resolves a source by the text of its id. One that is being deleted is gone:
// [ErrSource], as for one of another project.
func (r *Reporter) Source(ctx context.Context, org, project, id string) (drift.Source, error) {
	p, err := r.Project(ctx, org, project)
	if err != nil {
		return drift.Source{}, err
	}
	sourceID, err := ParseID(id)
	if err != nil {
		return drift.Source{}, ErrSource
	}
	source, err := r.Store.Source(ctx, p.ID, sourceID)
	if err == nil && source.Deleting {
		return drift.Source{}, ErrSource
	}
	return source, absent(err, ErrSource)
}

// Environments is a page of a project's environments, by name.
func (r *Reporter) Environments(ctx context.Context, org, project string, span Span) (Page[store.Environment], error) {
	p, err := r.Project(ctx, org, project)
	if err != nil {
		return Page[store.Environment]{}, err
	}
	envs, next, err := r.Store.Environments(ctx, p.ID, span.Cursor, span.Limit)
	return Page[store.Environment]{Items: envs, Next: next}, err
}

// ParseID reads an id as answers write it, and no other form.
func ParseID(text string) (uuid.UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil || id.String() != text {
		return uuid.Nil, errors.New("must be a UUID in lower case")
	}
	return id, nil
}

// absent tells what was not found.
func absent(err, what error) error {
	if errors.Is(err, store.ErrNotFound) {
		return what
	}
	return err
}
