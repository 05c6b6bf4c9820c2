package registry

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/place"
	"plumbline/internal/store"
)

// Registration asks for the source of a uri in an environment of a project.
type Registration struct {
	Organisation, Project, Environment string
	Kind                               drift.Kind
	URI                                string
	Changes
}

// Register makes the source, or refreshes the one that there is: policy, scope, prune
// and schedule only as far as given, never the scan stamps. The errors are
// [*InvalidError], [*ForeignError], [ErrUnknownEnvironment], [ErrKindFixed],
// [ErrScopeFixed], [store.ErrScopeTaken] and [ErrDeleting].
func (r *Registry) Register(ctx context.Context, reg Registration) (source drift.Source, created bool, err error) {
	problems := reg.check()
	if err := reg.Kind.Validate(); err != nil {
		problems = append(catalog.Problems{{Field: "sourceKind", Reason: err.Error()}}, problems...)
	} else {
		problems = append(problems, reg.checkKind(reg.Kind)...)
	}
	if len(problems) > 0 {
		return drift.Source{}, false, &InvalidError{Problems: problems}
	}
	if err := r.checkURI(reg.Organisation, reg.URI); err != nil {
		return drift.Source{}, false, err
	}
	err = retry(ctx, func() (err error) {
		source, created, err = r.register(ctx, reg)
		return err
	})
	return source, created, err
}

func (r *Registry) register(ctx context.Context, reg Registration) (source drift.Source, created bool, err error) {
	project, env, err := r.environment(ctx, reg.Organisation, reg.Project, reg.Environment)
	if errors.Is(err, ErrUnknownEnvironment) && reg.Environment == store.DefaultEnvironment {
		project, env, err = r.newProject(ctx, reg)
	}
	if err != nil {
		return drift.Source{}, false, err
	}
	source, err = r.Store.SourceByURI(ctx, project.ID, env.ID, reg.URI)
	switch {
	case errors.Is(err, store.ErrNotFound):
		source, err = r.create(ctx, reg, project, env)
		return source, true, err
	case err != nil:
		return drift.Source{}, false, err
	case source.Deleting:
		return drift.Source{}, false, ErrDeleting
	}
	source, err = r.settle(ctx, source, reg.Kind, reg.Changes)
	return source, false, err
}

// newProject makes the project of its first registration, with the environment that
// every project has.
func (r *Registry) newProject(ctx context.Context, reg Registration) (store.Project, store.Environment, error) {
	_, err := r.CreateEnvironment(ctx, reg.Organisation, reg.Project, store.DefaultEnvironment)
	if err != nil && !errors.Is(err, ErrEnvironmentExists) { // somebody made it meanwhile
		return store.Project{}, store.Environment{}, err
	}
	return r.environment(ctx, reg.Organisation, reg.Project, reg.Environment)
}

// environment resolves what a request names in its body.
func (r *Registry) environment(ctx context.Context, org, name, env string) (store.Project, store.Environment, error) {
	project, err := r.Store.Project(ctx, org, name)
	if err != nil {
		return project, store.Environment{}, unknown(err)
	}
	environment, err := r.Store.Environment(ctx, project.ID, env)
	return project, environment, unknown(err)
}

func unknown(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return ErrUnknownEnvironment
	}
	return err
}

func (r *Registry) create(ctx context.Context, reg Registration, project store.Project, env store.Environment) (drift.Source, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return drift.Source{}, err
	}
	now := r.Now()
	settings := reg.apply(drift.Settings{Kind: reg.Kind, URI: reg.URI, Policy: drift.AutoUpdate, Schedule: drift.DefaultSchedule})
	source := drift.Source{ID: id, Organisation: reg.Organisation, Project: reg.Project, ProjectID: project.ID,
		Environment: env.Name, EnvID: env.ID, Settings: settings, SettingsRevision: 1, NextDue: nextDue(settings, now),
		CreatedAt: now, UpdatedAt: now}
	if err := r.checkTaken(ctx, source, settings); err != nil {
		return drift.Source{}, err
	}
	if err := r.Store.CreateSource(ctx, source, env, place.Lookup(reg.URI)); err != nil {
		return drift.Source{}, err
	}
	// Read back: times are stored to the microsecond.
	return r.Store.Source(ctx, project.ID, id)
}

// settle changes a source's settings once, as it was read; what is as asked for is
// not written.
func (r *Registry) settle(ctx context.Context, source drift.Source, kind drift.Kind, c Changes) (drift.Source, error) {
	settings := c.apply(source.Settings)
	if settings.Kind = kind; kind != drift.KindAtmos {
		settings.Atmos = drift.AtmosSettings{}
	}
	if kind != drift.KindTFState {
		settings.WorkspaceKeyPrefix = ""
	}
	if settings == source.Settings {
		return source, nil
	}
	if err := r.checkFixed(ctx, source, settings); err != nil {
		return drift.Source{}, err
	}
	next := source
	next.Settings, next.UpdatedAt = settings, r.Now()
	next.SettingsRevision++
	if settings.Schedule != source.Settings.Schedule {
		next.NextDue = nextDue(settings, r.Now())
	}
	if err := r.Store.UpdateSource(ctx, source, next); err != nil {
		return drift.Source{}, err
	}
	return r.Store.Source(ctx, source.ProjectID, source.ID)
}
