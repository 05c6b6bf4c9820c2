package httpapi

import (
	"context"
	"net/http"

	"plumbline/internal/auth"
	"plumbline/internal/registry"
	"plumbline/internal/report"
	"plumbline/internal/store"
)

// Environments is the group of environments. A project exists from its first one.
func Environments(deps Deps) Group {
	h := &environments{Deps: deps, dialect: importSources}
	return Group{Name: "environments", dialect: h.dialect, mount: h.mount}
}

type environments struct {
	Deps
	dialect dialect
}

const (
	environmentsRoute = "/{o}/{p}/environments"
	environmentRoute  = environmentsRoute + "/{env}"
)

func (h *environments) mount(m *mount) {
	serve(m, operation{id: "list-environments", method: http.MethodGet, path: environmentsRoute, needs: auth.DataRead,
		summary: "List environments", details: "By name.", errs: []error{errCursor, report.ErrProject}}, h.list)
	serve(m, operation{id: "create-environment", method: http.MethodPost, path: environmentsRoute, needs: auth.DataWrite,
		summary: "Create an environment", status: http.StatusCreated,
		details: "The first one makes the project, and its environment `default` too. So does the first registration of an import source in `default`.",
		errs:    []error{registry.ErrEnvironmentExists}}, h.create)
	serve(m, operation{id: "get-environment", method: http.MethodGet, path: environmentRoute, needs: auth.DataRead,
		summary: "Get an environment", errs: []error{report.ErrProject, report.ErrEnvironment}}, h.get)
	serve(m, operation{id: "delete-environment", method: http.MethodDelete, path: environmentRoute, needs: auth.DataWrite,
		summary: "Delete an environment", status: http.StatusNoContent, also: http.StatusAccepted,
		details: "One with sources or entities only with `cascade=true`, which deletes those first. 202: its sources are still being deleted; the same call, repeated, deletes the environment when they are gone. The environment `default` is never deleted.",
		errs:    []error{report.ErrProject, report.ErrEnvironment, registry.ErrDefaultEnvironment, registry.ErrNotEmpty}}, h.remove)
}

// Environment is an environment of a project.
type Environment struct {
	ID        string `json:"id" format:"uuid"`
	Name      string `json:"name"`
	IsDefault bool   `json:"isDefault"`
	CreatedAt string `json:"createdAt" format:"date-time"`
}

// EnvironmentPage is a page of environments, by name.
type EnvironmentPage struct {
	Environments []Environment `json:"environments" nullable:"false"`
	NextCursor   *string       `json:"nextCursor"`
}

func (d dialect) environment(e store.Environment) Environment {
	return Environment{ID: e.ID.String(), Name: e.Name, IsDefault: e.IsDefault, CreatedAt: d.time(e.CreatedAt)}
}

func (h *environments) list(ctx context.Context, in *listInput) (*body[EnvironmentPage], error) {
	list := h.Cursors.list(in.ProjectPath, "list-environments")
	span, err := in.span(list)
	if err != nil {
		return nil, err
	}
	page, err := h.Report.Environments(ctx, in.Organisation, in.Project, span)
	return bodyOf(EnvironmentPage{Environments: convert(page.Items, h.dialect.environment), NextCursor: cursorOrNull(list, page.Next)}, err)
}

// CreateEnvironment is the body of a new environment.
type CreateEnvironment struct {
	Name string `json:"name" maxLength:"31" doc:"Lower-case letters, digits and hyphens"`
}

type createEnvironmentInput struct {
	ProjectPath
	Body CreateEnvironment
}

type createdEnvironment struct {
	Location string `header:"Location"`
	Body     Environment
}

func (h *environments) create(ctx context.Context, in *createEnvironmentInput) (*createdEnvironment, error) {
	env, err := h.Registry.CreateEnvironment(ctx, in.Organisation, in.Project, in.Body.Name)
	return &createdEnvironment{Location: created("environments", env.Name), Body: h.dialect.environment(env)}, err
}

func (h *environments) get(ctx context.Context, in *EnvironmentPath) (*body[Environment], error) {
	_, env, err := h.Report.Environment(ctx, in.Organisation, in.Project, in.Environment)
	return bodyOf(h.dialect.environment(env), err)
}

type deleteEnvironmentInput struct {
	EnvironmentPath
	Cascade bool `query:"cascade" doc:"Delete its sources and entities first"`
}

type deletedOutput struct{ Status int }

func (h *environments) remove(ctx context.Context, in *deleteEnvironmentInput) (*deletedOutput, error) {
	done, err := h.Registry.DeleteEnvironment(ctx, in.Organisation, in.Project, in.Environment, in.Cascade, principal(ctx).Subject)
	if done {
		return &deletedOutput{Status: http.StatusNoContent}, err
	}
	return &deletedOutput{Status: http.StatusAccepted}, err
}
