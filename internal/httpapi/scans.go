package httpapi

import (
	"context"
	"net/http"
	"strings"

	"plumbline/internal/auth"
	"plumbline/internal/drift"
	"plumbline/internal/report"
)

func (h *sources) scanning(m *mount) {
	serve(m, operation{id: "list-scans", method: http.MethodGet, path: sourceRoute + "/scans", needs: auth.DataRead,
		summary: "List the scans of an import source", details: "The newest first; kept for 400 days.",
		errs: []error{errCursor, report.ErrProject, report.ErrSource}}, h.scans)
	serve(m, operation{id: "get-import-source-drift", method: http.MethodGet, path: sourceRoute + "/drift", needs: auth.DataRead,
		summary: "Get drift summary for an import source",
		details: "Totals over all entities of the source, the documents of which it is not known what they declare now, a page of the entities by name, and the oldest pending proposals.",
		errs:    []error{errCursor, report.ErrProject, report.ErrSource}}, h.drift)
}

// ScanPage is a page of scans.
type ScanPage struct {
	Scans      []ScanSummary `json:"scans" nullable:"false"`
	NextCursor *string       `json:"nextCursor"`
}

type scansInput struct {
	SourcePath
	PageInput
}

// scanChunk is how many scans are read at once; a summary may be big.
const scanChunk = 20

func (h *sources) scans(ctx context.Context, in *scansInput) (*body[ScanPage], error) {
	list := h.Cursors.list(in.ProjectPath, "list-scans", in.ID)
	span, err := in.span(list)
	if err != nil {
		return nil, err
	}
	source, err := h.source(ctx, in.SourcePath)
	if err != nil {
		return nil, err
	}
	entries, next, err := gather(span, scanChunk, func(s report.Span) (report.Page[drift.Scan], error) {
		return h.Report.Scans(ctx, source, s)
	}, h.dialect.scan)
	return bodyOf(ScanPage{Scans: entries, NextCursor: cursorOrNull(list, next)}, err)
}

type driftInput struct {
	SourcePath
	PageInput
	Status     []string `query:"status" enum:"current,drifted,stale,unknown,missing" doc:"One or several, separated by commas; of the entities and of those with a pending proposal"`
	EntityType string   `query:"entityType" maxLength:"200"`
}

// maxPending is how many pending proposals a drift summary shows, maxSearched how many are
// looked at for those that a filter admits.
const (
	maxPending  = 100
	maxSearched = 5000
)

func (h *sources) drift(ctx context.Context, in *driftInput) (*body[ImportSourceDrift], error) {
	list := h.Cursors.list(in.ProjectPath, "get-import-source-drift", in.ID, strings.Join(in.Status, ","), in.EntityType)
	span, err := in.span(list)
	if err != nil {
		return nil, err
	}
	source, err := h.source(ctx, in.SourcePath)
	if err != nil {
		return nil, err
	}
	described, err := h.Report.Describe(ctx, source)
	if err != nil {
		return nil, err
	}
	filter := report.DriftFilter{Statuses: named[drift.Status](in.Status), EntityType: in.EntityType}
	found, err := h.Report.Drift(ctx, source, filter, span)
	if err != nil {
		return nil, err
	}
	pending, err := h.pending(ctx, source, filter)
	return bodyOf(ImportSourceDrift{
		Source: h.dialect.source(described), Totals: h.dialect.totals(found.Totals), Documents: convert(found.Documents, h.dialect.driftDocument),
		Entities: convert(found.Entities.Items, h.dialect.driftEntity), PendingProposals: pending, NextCursor: cursorOrNull(list, found.Entities.Next),
	}, err)
}
