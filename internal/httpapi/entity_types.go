package httpapi

import (
	"context"
	"net/http"

	"plumbline/internal/auth"
	"plumbline/internal/catalog"
	"plumbline/internal/registry"
	"plumbline/internal/report"
)

// EntityTypes is the group of entity types, which all environments of a project share.
func EntityTypes(deps Deps) Group {
	h := &entityTypes{Deps: deps, dialect: importSources}
	return Group{Name: "entity-types", dialect: h.dialect, mount: h.mount}
}

type entityTypes struct {
	Deps
	dialect dialect
}

const (
	typesRoute = "/{o}/{p}/entity-types"
	typeRoute  = typesRoute + "/{name}"
)

func (h *entityTypes) mount(m *mount) {
	missing := []error{report.ErrProject, report.ErrEntityType}
	serve(m, operation{id: "list-entity-types", method: http.MethodGet, path: typesRoute, needs: auth.CatalogRead,
		summary: "List entity types", details: "By name; those that a scan discovered too.", errs: []error{errCursor, report.ErrProject}}, h.list)
	serve(m, operation{id: "create-entity-type", method: http.MethodPost, path: typesRoute, needs: auth.CatalogWrite,
		summary: "Create an entity type", status: http.StatusCreated,
		details: "Entities that are declared from then on are held against it. A discovered type exists: replace it.",
		errs:    []error{report.ErrProject, registry.ErrTypeExists}}, h.create)
	serve(m, operation{id: "get-entity-type", method: http.MethodGet, path: typeRoute, needs: auth.CatalogRead,
		summary: "Get an entity type", errs: missing}, h.get)
	serve(m, operation{id: "replace-entity-type", method: http.MethodPut, path: typeRoute, needs: auth.CatalogWrite,
		summary: "Replace an entity type", details: "A discovered one is registered from then on.", errs: missing}, h.replace)
	serve(m, operation{id: "delete-entity-type", method: http.MethodDelete, path: typeRoute, needs: auth.CatalogWrite,
		summary: "Delete an entity type", details: "One that no entity is of.", status: http.StatusNoContent,
		errs: append(missing, registry.ErrTypeInUse)}, h.remove)
}

// EntityTypePage is a page of entity types, by name.
type EntityTypePage struct {
	EntityTypes []EntityType `json:"entityTypes" nullable:"false"`
	NextCursor  *string      `json:"nextCursor"`
}

// typeChunk is how many types are read at once; one may have 256 KB.
const typeChunk = 50

func (h *entityTypes) list(ctx context.Context, in *listInput) (*body[EntityTypePage], error) {
	list := h.Cursors.list(in.ProjectPath, "list-entity-types")
	span, err := in.span(list)
	if err != nil {
		return nil, err
	}
	entries, next, err := gather(span, typeChunk, func(s report.Span) (report.Page[catalog.EntityType], error) {
		return h.Report.EntityTypes(ctx, in.Organisation, in.Project, s)
	}, entityType)
	return bodyOf(EntityTypePage{EntityTypes: entries, NextCursor: cursorOrNull(list, next)}, err)
}

type createTypeInput struct {
	ProjectPath
	Body EntityTypeBody
}

type createdType struct {
	Location string `header:"Location"`
	Body     EntityType
}

func (h *entityTypes) create(ctx context.Context, in *createTypeInput) (*createdType, error) {
	flat, err := in.Body.flat()
	if err != nil {
		return nil, err
	}
	t, err := h.Registry.CreateType(ctx, in.Organisation, in.Project, flat)
	return &createdType{Location: created("entity-types", t.Name), Body: entityType(t)}, err
}

func (h *entityTypes) get(ctx context.Context, in *TypePath) (*body[EntityType], error) {
	t, err := h.Report.EntityType(ctx, in.Organisation, in.Project, in.Name)
	return bodyOf(entityType(t), err)
}

type replaceTypeInput struct {
	TypePath
	Body EntityTypeBody
}

func (h *entityTypes) replace(ctx context.Context, in *replaceTypeInput) (*body[EntityType], error) {
	flat, err := in.Body.flat()
	if err != nil {
		return nil, err
	}
	t, err := h.Registry.ReplaceType(ctx, in.Organisation, in.Project, in.Name, flat)
	return bodyOf(entityType(t), err)
}

func (h *entityTypes) remove(ctx context.Context, in *TypePath) (*nothing, error) {
	return &nothing{}, h.Registry.DeleteType(ctx, in.Organisation, in.Project, in.Name)
}
