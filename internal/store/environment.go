package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/table"
)

// Project is a project of an organisation; it exists from its first environment.
type Project struct {
	ID           uuid.UUID
	Organisation string
	Name         string
}

// Environment is an environment of a project.
type Environment struct {
	ID        uuid.UUID
	Name      string
	IsDefault bool
	CreatedAt time.Time
	revision  int64
}

// DefaultEnvironment is the environment that every project has.
const DefaultEnvironment = "default"

type projectRecord struct {
	ID uuid.UUID `json:"id"`
}

type environmentRecord struct {
	ID      uuid.UUID `json:"id"`
	Created int64     `json:"created"`
}

func (e Environment) record() environmentRecord {
	return environmentRecord{ID: e.ID, Created: micros(e.CreatedAt)}
}

// Project returns a project by name, or [ErrNotFound].
func (s *Store) Project(ctx context.Context, org, name string) (Project, error) {
	item, err := s.get(ctx, projectKey(org, name))
	if err != nil {
		return Project{}, err
	}
	var r projectRecord
	if err := s.decode(ctx, item, &r); err != nil {
		return Project{}, err
	}
	return Project{ID: r.ID, Organisation: org, Name: name}, nil
}

// CreateEnvironment makes an environment, and with a project's first one the project
// and its default environment. The error is [ErrExists] where there is one of the
// name, save that creating the default one of a new project is no repetition.
func (s *Store) CreateEnvironment(ctx context.Context, org, project, name string) (Environment, error) {
	p, err := s.Project(ctx, org, project)
	isNew := errors.Is(err, ErrNotFound)
	switch {
	case isNew:
		// Derived from the names, so that racing callers make the same project.
		p = Project{ID: uuid.NewSHA1(uuid.NameSpaceURL, []byte("plumbline:"+org+"/"+project)), Organisation: org, Name: project}
	case err != nil:
		return Environment{}, err
	}
	env := s.newEnvironment(p, name)
	ops := []table.Op{s.putNew(environmentKey(p.ID, name), env.record())}
	if isNew {
		ops = append(ops, s.putNew(projectKey(org, project), projectRecord{ID: p.ID}))
		if name != DefaultEnvironment {
			byDefault := s.newEnvironment(p, DefaultEnvironment)
			ops = append(ops, s.putNew(environmentKey(p.ID, DefaultEnvironment),
				byDefault.record()))
		}
	}
	err = s.table.Write(ctx, ops...)
	var conflict *table.ConflictError
	switch {
	case errors.As(err, &conflict) && isNew:
		return s.CreateEnvironment(ctx, org, project, name) // somebody made the project meanwhile
	case errors.Is(err, ErrConflict):
		return Environment{}, fmt.Errorf("environment %q: %w", name, ErrExists)
	case err != nil:
		return Environment{}, fmt.Errorf("create environment %q: %w", name, err)
	}
	return env, nil
}

func (s *Store) newEnvironment(p Project, name string) Environment {
	id, _ := uuid.NewV7()
	return Environment{ID: id, Name: name, IsDefault: name == DefaultEnvironment, CreatedAt: s.now()}
}

// Environment returns an environment by name, or [ErrNotFound].
func (s *Store) Environment(ctx context.Context, project uuid.UUID, name string) (Environment, error) {
	item, err := s.get(ctx, environmentKey(project, name))
	if err != nil {
		return Environment{}, err
	}
	return s.environment(ctx, item)
}

// Environments returns a page of a project's environments by name, and the cursor of
// the next page.
func (s *Store) Environments(ctx context.Context, project uuid.UUID, cursor string, limit int) ([]Environment, string, error) {
	return page(ctx, s, rangeOf(projectPK(project), environmentPrefix, cursor, limit), s.environment)
}

// DeleteEnvironment removes an environment as it was read.
func (s *Store) DeleteEnvironment(ctx context.Context, project uuid.UUID, env Environment) error {
	return s.table.Write(ctx, table.Delete(environmentKey(project, env.Name), table.At(env.revision)))
}

func (s *Store) environment(ctx context.Context, item table.Item) (Environment, error) {
	var r environmentRecord
	if err := s.decode(ctx, item, &r); err != nil {
		return Environment{}, err
	}
	name := item.SK[len(environmentPrefix):]
	return Environment{ID: r.ID, Name: name, IsDefault: name == DefaultEnvironment,
		CreatedAt: fromMicros(r.Created), revision: item.Revision}, nil
}
