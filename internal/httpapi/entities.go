package httpapi

import (
	"context"
	"net/http"
	"strings"

	"plumbline/internal/auth"
	"plumbline/internal/drift"
	"plumbline/internal/registry"
	"plumbline/internal/report"
	"plumbline/internal/store"
)

// Entities is the group of what the catalogue of an environment holds.
func Entities(deps Deps) Group {
	h := &entities{Deps: deps, dialect: importSources}
	return Group{Name: "entities", dialect: h.dialect, mount: h.mount}
}

type entities struct {
	Deps
	dialect dialect
}

const (
	entitiesRoute = "/{o}/{p}/envs/{env}/entities"
	entityRoute   = entitiesRoute + "/{id}"
)

func (h *entities) mount(m *mount) {
	missing := []error{report.ErrProject, report.ErrEnvironment, report.ErrEntity}
	serve(m, operation{id: "list-entities", method: http.MethodGet, path: entitiesRoute, needs: auth.DataRead,
		summary: "List entities", details: "By type, then name; by name, then type, where only `name` is given.",
		errs: []error{errCursor, report.ErrProject, report.ErrEnvironment}}, h.list)
	serve(m, operation{id: "list-duplicates", method: http.MethodGet, path: entitiesRoute + "/duplicates", needs: auth.DataRead,
		summary: "List cloud objects that more than one entity stands for",
		errs:    []error{errCursor, report.ErrProject, report.ErrEnvironment}}, h.duplicates)
	serve(m, operation{id: "get-deployment-drift", method: http.MethodGet, path: deploymentRoute, needs: auth.DataRead,
		summary: "Compare Atmos components with Terraform states", details: aboutDeployment,
		errs: []error{errCursor, report.ErrProject, report.ErrEnvironment}}, h.deployment)
	serve(m, operation{id: "get-entity", method: http.MethodGet, path: entityRoute, needs: auth.DataRead,
		summary: "Get an entity", details: "With the sources behind each property, its relationships, and a page of its history, the newest first.",
		errs: append(missing, errCursor)}, h.get)
	serve(m, operation{id: "delete-entity", method: http.MethodDelete, path: entityRoute, needs: auth.DataWrite,
		summary: "Delete an entity", details: "One that no source declares.", status: http.StatusNoContent,
		errs: append(missing, registry.ErrDeclared, registry.ErrDeleting)}, h.remove)
}

type entitiesInput struct {
	EnvironmentPath
	PageInput
	EntityType  string   `query:"entityType" maxLength:"200"`
	DriftStatus []string `query:"driftStatus" enum:"current,drifted,stale,unknown,missing" doc:"One or several, separated by commas"`
	Name        string   `query:"name" maxLength:"800" doc:"Prefix of the name"`
}

func (h *entities) list(ctx context.Context, in *entitiesInput) (*body[EntityPage], error) {
	list := h.Cursors.list(in.ProjectPath, "list-entities", in.Environment, in.EntityType, strings.Join(in.DriftStatus, ","), in.Name)
	span, err := in.span(list)
	if err != nil {
		return nil, err
	}
	project, env, err := h.Report.Environment(ctx, in.Organisation, in.Project, in.Environment)
	if err != nil {
		return nil, err
	}
	page, err := h.Report.Entities(ctx, project.ID, env.ID, report.EntityFilter{EntityType: in.EntityType, NamePrefix: in.Name,
		Statuses: named[drift.Status](in.DriftStatus)}, span)
	return bodyOf(EntityPage{Entities: convert(page.Items, h.dialect.listed), NextCursor: cursorOrNull(list, page.Next)}, err)
}

type duplicatesInput struct {
	EnvironmentPath
	PageInput
}

// duplicateChunk is how many duplicates are read at once; each may have 100 claims.
const duplicateChunk = 50

func (h *entities) duplicates(ctx context.Context, in *duplicatesInput) (*body[DuplicatePage], error) {
	list := h.Cursors.list(in.ProjectPath, "list-duplicates", in.Environment)
	span, err := in.span(list)
	if err != nil {
		return nil, err
	}
	_, env, err := h.Report.Environment(ctx, in.Organisation, in.Project, in.Environment)
	if err != nil {
		return nil, err
	}
	entries, next, err := gather(span, duplicateChunk, func(s report.Span) (report.Page[store.Duplicate], error) {
		return h.Report.Duplicates(ctx, env.ID, s)
	}, duplicate)
	return bodyOf(DuplicatePage{Duplicates: entries, NextCursor: cursorOrNull(list, next)}, err)
}

type EntityPath struct {
	EnvironmentPath
	ID string `path:"id" doc:"Id of the entity"`
}

// historyChunk is how many changes are read at once; one may be big.
const historyChunk = 20

type entityInput struct {
	EntityPath
	PageInput
}

func (h *entities) get(ctx context.Context, in *entityInput) (*body[EntityDetail], error) {
	list := h.Cursors.list(in.ProjectPath, "get-entity", in.Environment, in.ID)
	span, err := in.span(list)
	if err != nil {
		return nil, err
	}
	project, env, err := h.Report.Environment(ctx, in.Organisation, in.Project, in.Environment)
	if err != nil {
		return nil, err
	}
	entity, err := h.Report.Entity(ctx, project, env, in.ID)
	if err != nil {
		return nil, err
	}
	history, next, err := gatherWithin(maxPage/2, span, historyChunk, func(s report.Span) (report.Page[store.Event], error) {
		return h.Report.History(ctx, entity.ID, s)
	}, h.dialect.event(entity))
	return bodyOf(h.dialect.entity(entity, history, cursorOrNull(list, next)), err)
}

func (h *entities) remove(ctx context.Context, in *EntityPath) (*nothing, error) {
	project, env, err := h.Report.Environment(ctx, in.Organisation, in.Project, in.Environment)
	if err != nil {
		return nil, err
	}
	record, err := h.Report.Record(ctx, env, in.ID)
	if err != nil {
		return nil, err
	}
	return &nothing{}, h.Registry.DeleteEntity(ctx, project, env, record, principal(ctx).Subject)
}
