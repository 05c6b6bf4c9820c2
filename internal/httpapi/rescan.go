package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/auth"
	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/registry"
	"plumbline/internal/report"
	"plumbline/internal/scan"
	"plumbline/internal/store"
)

// Rescan is the group of the one call that reads documents, apart from the others so that
// these link no reader.
func Rescan(deps Deps) Group {
	h := &sources{Deps: deps, dialect: importSources}
	return Group{Name: "rescan", dialect: h.dialect, mount: func(m *mount) {
		serve(m, operation{id: "rescan-import-source", method: http.MethodPost, path: sourceRoute + "/rescan", needs: auth.DataWrite,
			summary: "Rescan an import source", arrays: []string{"/items", "/deletions"},
			details: "With `items` the whole declared set is pushed, an empty one too; without, the uri is read now. A pull that is not done after 20 seconds answers with the status `running` and goes on. " +
				"`dryRun` answers the plan and writes nothing; that of a push is kept in the history, and takes what is pushed at the place of a secret for that secret. " +
				"`force` releases what a held scan reviewed. Schema kinds need `catalog:write` too.",
			errs: []error{registry.ErrUnknownEnvironment, registry.ErrOtherEnvironment, errItems, scan.ErrPushOnly, report.ErrProject, report.ErrSource,
				scan.ErrRunning, scan.ErrMoved, scan.ErrNotHeld, store.ErrConflict}}, h.rescan)
	}}
}

// RescanImportSource is the body of a rescan.
type RescanImportSource struct {
	EnvName   string   `json:"envName,omitzero" doc:"The source's environment, which its id says already"`
	Items     rawArray `json:"items,omitzero" doc:"The whole declared set: EntityType, Cell, RelationshipType, Action, Secret, Entity, Relationship, flat or in an envelope of apiVersion, kind, metadata and spec"`
	Deletions rawArray `json:"deletions,omitzero" doc:"Schema kinds to delete after the push: {kind, name}"`
	DryRun    bool     `json:"dryRun,omitzero"`
	Force     *Force   `json:"force,omitzero"`
}

// Force releases a held scan.
type Force struct {
	ScanID string `json:"scanId" format:"uuid"`
}

type rescanInput struct {
	SourcePath
	Body *RescanImportSource
}

// patience is how long a rescan is waited for: API Gateway gives up after 29 seconds.
const patience = 20 * time.Second

func (h *sources) rescan(ctx context.Context, in *rescanInput) (*body[ImportSourceRescanResult], error) {
	source, err := h.source(ctx, in.SourcePath)
	if err != nil {
		return nil, err
	}
	if in.Body == nil { // a body asks for more than a scan
		in.Body = &RescanImportSource{}
	}
	if err := h.Registry.InEnvironment(ctx, source, in.Body.EnvName); err != nil {
		return nil, err
	}
	req, err := in.Body.request(source, principal(ctx))
	if err != nil {
		return nil, err
	}
	req.Deadline = h.Now().Add(patience)
	done, err := h.Rescan(ctx, req)
	if err != nil {
		return nil, err
	}
	return bodyOf(h.dialect.rescan(done), nil)
}

// request is what the body asks of the scanner.
func (b RescanImportSource) request(source drift.Source, caller auth.Principal) (scan.Request, error) {
	req := scan.Request{Job: scan.Job{Source: source.Ref(), Trigger: drift.TriggerAPI, Actor: caller.Subject}, DryRun: b.DryRun}
	if b.Force != nil {
		var err error
		if req.Force, err = uuid.Parse(b.Force.ScanID); err != nil {
			return scan.Request{}, refuse("force.scanId", "must be a UUID")
		}
	}
	switch {
	case b.Items.raw != nil:
		req.Trigger = drift.TriggerPush
		req.Push = &scan.Push{Items: b.Items.raw, Deletions: b.Deletions.raw, MaySchema: caller.May(auth.CatalogWrite)}
	case b.Deletions.raw != nil:
		return scan.Request{}, refuse("deletions", "go with items only")
	}
	return req, nil
}

func refuse(field, reason string) error {
	return &registry.InvalidError{Problems: catalog.Problems{{Field: field, Reason: reason}}}
}
