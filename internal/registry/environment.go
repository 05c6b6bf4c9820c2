package registry

import (
	"context"
	"errors"
	"time"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/report"
	"plumbline/internal/store"
)

// CreateEnvironment makes an environment, and with a project's first one the project
// and its default environment. The errors are [*InvalidError] and
// [ErrEnvironmentExists].
func (r *Registry) CreateEnvironment(ctx context.Context, org, project, name string) (store.Environment, error) {
	if err := catalog.CheckProjectName(project); err != nil {
		return store.Environment{}, invalid("p", err.Error())
	}
	if err := catalog.CheckEnvironmentName(name); err != nil {
		return store.Environment{}, invalid("name", err.Error())
	}
	env, err := r.Store.CreateEnvironment(ctx, org, project, name)
	if errors.Is(err, store.ErrExists) {
		return store.Environment{}, ErrEnvironmentExists
	}
	return env, err
}

// DeleteEnvironment removes an environment. One with sources or entities is
// [ErrNotEmpty] unless cascade is set, which deletes those first. The history of what it
// ever held goes with it. done false says that some of it is still going, and the same call
// deletes the rest later. Other errors
// are [report.ErrProject], [report.ErrEnvironment] and [ErrDefaultEnvironment].
func (r *Registry) DeleteEnvironment(ctx context.Context, org, project, name string, cascade bool, actor string) (done bool, err error) {
	p, err := r.Store.Project(ctx, org, project)
	if err != nil {
		return false, or(err, report.ErrProject)
	}
	err = retry(ctx, func() (err error) {
		done, err = r.deleteEnvironment(ctx, p, name, cascade, actor)
		return err
	})
	return done, err
}

func (r *Registry) deleteEnvironment(ctx context.Context, project store.Project, name string, cascade bool, actor string) (done bool, err error) {
	env, err := r.Store.Environment(ctx, project.ID, name)
	switch {
	case err != nil:
		return false, or(err, report.ErrEnvironment)
	case env.IsDefault:
		return false, ErrDefaultEnvironment
	}
	clear := r.isEmpty
	if cascade {
		clear = func(ctx context.Context, project store.Project, env store.Environment) error {
			return r.deleteSources(ctx, project, env, actor)
		}
	}
	if err = clear(ctx, project, env); err == nil {
		err = r.deleteLeft(ctx, project, env, actor)
	}
	if err == nil {
		err = r.erasePast(ctx, env)
	}
	switch {
	case errors.Is(err, errGoing):
		return false, nil
	case err != nil:
		return false, err
	}
	// Conditional on the environment as it was read: a source that was registered
	// meanwhile has written it anew.
	return true, r.Store.DeleteEnvironment(ctx, project.ID, env)
}

// erasePast erases the history of all entities that the environment had, [errGoing] where
// that takes too long.
func (r *Registry) erasePast(ctx context.Context, env store.Environment) error {
	for until := r.Now().Add(r.Wait / 2); ; {
		more, err := r.Store.ErasePast(ctx, env.ID)
		switch {
		case err != nil || !more:
			return err
		case r.Now().After(until):
			return errGoing
		}
	}
}

// lookAgain is the pause between two looks at sources that are being deleted.
const lookAgain = 50 * time.Millisecond

// errGoing says that something of an environment is still being deleted.
var errGoing = errors.New("the environment is being emptied")

func (r *Registry) isEmpty(ctx context.Context, project store.Project, env store.Environment) error {
	sources, err := r.sources(ctx, project, env)
	if err != nil {
		return err
	}
	entities, _, err := r.Store.EntitiesByType(ctx, env.ID, "", "", "", 1)
	if err == nil && len(sources)+len(entities) > 0 {
		return ErrNotEmpty
	}
	return err
}

// sources lists the sources of an environment, those that are going included.
func (r *Registry) sources(ctx context.Context, project store.Project, env store.Environment) ([]drift.Source, error) {
	var all []drift.Source
	for cursor := ""; ; {
		sources, next, err := r.Store.Sources(ctx, project.ID, cursor, 100)
		if err != nil {
			return nil, err
		}
		for _, source := range sources {
			if source.EnvID == env.ID {
				all = append(all, source)
			}
		}
		if cursor = next; cursor == "" {
			return all, nil
		}
	}
}

// deleteSources deletes the sources of an environment and waits for them.
func (r *Registry) deleteSources(ctx context.Context, project store.Project, env store.Environment, actor string) error {
	sources, err := r.sources(ctx, project, env)
	if err != nil {
		return err
	}
	for _, source := range sources {
		if source.Deleting {
			continue
		}
		if err := r.Delete(ctx, source, actor); err != nil && !isAbsent(err) {
			return err
		}
	}
	return r.waitForSources(ctx, project, env)
}

// waitForSources waits until an environment has no source, [errGoing] where that takes
// too long.
func (r *Registry) waitForSources(ctx context.Context, project store.Project, env store.Environment) error {
	for waited := time.Duration(0); ; waited += lookAgain {
		sources, err := r.sources(ctx, project, env)
		switch {
		case err != nil:
			return err
		case len(sources) == 0:
			return nil
		case waited >= r.Wait:
			return errGoing
		}
		if err := sleep(ctx, lookAgain); err != nil {
			return err
		}
	}
}

// or gives another error for one that says that a record is not there.
func or(err, absent error) error {
	if isAbsent(err) {
		return absent
	}
	return err
}

func isAbsent(err error) bool { return errors.Is(err, store.ErrNotFound) }
