package httpapi

import (
	"context"
	"net/http"

	"plumbline/internal/auth"
	"plumbline/internal/drift"
	"plumbline/internal/registry"
	"plumbline/internal/report"
	"plumbline/internal/store"
)

// ImportSources is the group of sources, their scans and their drift. What scans them on
// call is [Rescan].
func ImportSources(deps Deps) Group {
	h := &sources{Deps: deps, dialect: importSources}
	return Group{Name: "import-sources", dialect: h.dialect, mount: func(m *mount) {
		h.registration(m)
		h.scanning(m)
		h.changing(m)
	}}
}

// sources holds what the handlers of sources and of their proposals share.
type sources struct {
	Deps
	dialect dialect
}

const (
	sourcesRoute = "/{o}/{p}/import-sources"
	sourceRoute  = sourcesRoute + "/{id}"
)

func (h *sources) registration(m *mount) {
	serve(m, operation{id: "list-import-sources", method: http.MethodGet, path: sourcesRoute, needs: auth.DataRead,
		summary: "List import sources",
		details: "The sources of the project over all its environments, the oldest first. The next page is in the header `Link` (`rel=\"next\"`).",
		errs:    []error{errCursor, report.ErrProject}}, h.list)
	serve(m, operation{id: "register-import-source", method: http.MethodPost, path: sourcesRoute, needs: auth.DataWrite,
		summary: "Register (or refresh) an import source", status: http.StatusCreated, also: http.StatusOK,
		details: "Idempotent on (project, environment, uri): 201 for a new source, 200 for one that there is. A refresh changes the settings only as far as given. " +
			"An `s3://` uri is read: one object, a prefix that ends in `/`, or a glob; its literal part must lie under one of the organisation's allowed prefixes. Any other uri is only pushed to. " +
			"Of `atmos-manifests` a prefix is one estate, and an object the output of `atmos describe stacks`, as JSON or YAML.",
		errs: []error{registry.ErrUnknownEnvironment, registry.ErrForeignURI, registry.ErrKindFixed, registry.ErrScopeFixed, store.ErrScopeTaken, registry.ErrDeleting}}, h.register)
	serve(m, operation{id: "get-import-source", method: http.MethodGet, path: sourceRoute, needs: auth.DataRead,
		summary: "Get an import source by id", errs: []error{report.ErrProject, report.ErrSource}}, h.get)
	serve(m, operation{id: "change-import-source", method: http.MethodPatch, path: sourceRoute, needs: auth.DataWrite,
		summary: "Change the settings of an import source", details: "Changes what is given and nothing else. `scope` is fixed by the first scan that is not refused.",
		errs: []error{report.ErrProject, report.ErrSource, registry.ErrScopeFixed, store.ErrScopeTaken}}, h.change)
	serve(m, operation{id: "delete-import-source", method: http.MethodDelete, path: sourceRoute, needs: auth.DataWrite,
		summary: "Delete an import source", status: http.StatusAccepted,
		details: "Stops its scan, supersedes its proposals, takes back what it declares and deletes the entities that no other source declares; that goes on after the answer. The source is gone for every reader at once.",
		errs:    []error{report.ErrProject, report.ErrSource}}, h.remove)
}

type listInput struct {
	ProjectPath
	PageInput
}

type listOutput struct {
	Link string `header:"Link" doc:"The next page, rel=\"next\""`
	Body ImportSourceList
}

// sourceChunk is how many sources are read at once: each with the summary of a scan.
const sourceChunk = 50

func (h *sources) list(ctx context.Context, in *listInput) (*listOutput, error) {
	list := h.Cursors.list(in.ProjectPath, "list-import-sources")
	span, err := in.span(list)
	if err != nil {
		return nil, err
	}
	entries, next, err := gather(span, sourceChunk, func(s report.Span) (report.Page[report.Source], error) {
		return h.Report.Sources(ctx, in.Organisation, in.Project, s)
	}, h.dialect.source)
	return &listOutput{Body: entries, Link: h.dialect.next(list.seal(next), in.Limit)}, err
}

// Settings are the settings that a caller may leave out.
type Settings struct {
	ReconciliationPolicy *string `json:"reconciliationPolicy,omitzero" enum:"auto-update,human-approval" doc:"auto-update for a new source"`
	Scope                *string `json:"scope,omitzero" maxLength:"400" doc:"Replaces the default scope of entity names; of a prefix source it comes before each document's"`
	WorkspaceKeyPrefix   *string `json:"workspaceKeyPrefix,omitzero" maxLength:"1024" doc:"Of tf-state: where the backends keep the states of workspaces, as in their configuration; \"\" for Terraform's env:"`
	Prune                *bool   `json:"prune,omitzero" doc:"Removes what the source no longer declares"`
	CompareLiterally     *bool   `json:"compareLiterally,omitzero" doc:"Values count as they stand. Otherwise null, absent and empty values are no difference, nor is the layout of a text that is JSON, nor an attribute that the provider's schema gained"`
	Schedule             *string `json:"schedule,omitzero" maxLength:"256" doc:"rate(..) or cron(..) as EventBridge writes them, in UTC; rate(12 hours) for a new source"`

	Atmos      rawObject `json:"atmos,omitzero" doc:"Of atmos-manifests: lies over the estate's atmos.yaml, or stands for it, with its keys; {} takes it back"`
	ConfigPath *string   `json:"configPath,omitzero" maxLength:"1024" doc:"Of atmos-manifests: where atmos.yaml stands below the prefix; \"\" for the top"`
	Profile    *string   `json:"profile,omitzero" maxLength:"1024" doc:"Of atmos-manifests: the folder of profiles/ that lies over atmos.yaml; \"\" for the estate's default"`
}

func (b Settings) changes() registry.Changes {
	return registry.Changes{Policy: (*drift.Policy)(b.ReconciliationPolicy), Scope: b.Scope, WorkspaceKeyPrefix: b.WorkspaceKeyPrefix, Prune: b.Prune, Literal: b.CompareLiterally, Schedule: b.Schedule,
		Atmos: registry.AtmosChanges{Config: b.Atmos.raw, ConfigPath: b.ConfigPath, Profile: b.Profile}}
}

// RegisterImportSource is the body of a registration.
type RegisterImportSource struct {
	EnvName    string `json:"envName" maxLength:"31"`
	SourceKind string `json:"sourceKind" enum:"tf-state,atmos-manifests"`
	SourceURI  string `json:"sourceUri" minLength:"1" maxLength:"2048"`
	Settings
}

type registerInput struct {
	ProjectPath
	Body RegisterImportSource
}

type sourceOutput struct {
	Status int
	Body   ImportSource
}

func (h *sources) register(ctx context.Context, in *registerInput) (*sourceOutput, error) {
	source, created, err := h.Registry.Register(ctx, registry.Registration{
		Organisation: in.Organisation, Project: in.Project, Environment: in.Body.EnvName,
		Kind: drift.Kind(in.Body.SourceKind), URI: in.Body.SourceURI, Changes: in.Body.changes()})
	if err != nil {
		return nil, err
	}
	status := http.StatusOK
	if created {
		status = http.StatusCreated
	}
	described, err := h.Report.Describe(ctx, source)
	return &sourceOutput{Status: status, Body: h.dialect.source(described)}, err
}

func (h *sources) get(ctx context.Context, in *SourcePath) (*body[ImportSource], error) {
	source, err := h.source(ctx, *in)
	if err != nil {
		return nil, err
	}
	described, err := h.Report.Describe(ctx, source)
	return bodyOf(h.dialect.source(described), err)
}

func (h *sources) source(ctx context.Context, at SourcePath) (drift.Source, error) {
	return h.Report.Source(ctx, at.Organisation, at.Project, at.ID)
}

// ChangeImportSource is the body of a change of settings.
type ChangeImportSource struct{ Settings }

type changeInput struct {
	SourcePath
	Body ChangeImportSource
}

func (h *sources) change(ctx context.Context, in *changeInput) (*body[ImportSource], error) {
	source, err := h.source(ctx, in.SourcePath)
	if err != nil {
		return nil, err
	}
	if source, err = h.Registry.Change(ctx, source, in.Body.changes()); err != nil {
		return nil, err
	}
	described, err := h.Report.Describe(ctx, source)
	return bodyOf(h.dialect.source(described), err)
}

func (h *sources) remove(ctx context.Context, in *SourcePath) (*nothing, error) {
	source, err := h.source(ctx, *in)
	if err != nil {
		return nil, err
	}
	return &nothing{}, h.Registry.Delete(ctx, source, principal(ctx).Subject)
}
