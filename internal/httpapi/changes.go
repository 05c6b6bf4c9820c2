package httpapi

import (
	"context"
	"net/http"

	"plumbline/internal/auth"
	"plumbline/internal/drift"
	"plumbline/internal/report"
)

const changesRoute = sourceRoute + "/scans/{scanId}/changes"

func (h *sources) changing(m *mount) {
	serve(m, operation{id: "list-scan-changes", method: http.MethodGet, path: changesRoute, needs: auth.DataRead,
		summary: "List what a scan's source declares otherwise than before",
		details: "What did this upload affect? By entity, in the order in which it was applied, with the patch from the source's declaration before to that of the scan. " +
			"Two uploads are compared, whatever the policy and whatever was approved or rejected in between: under `human-approval` a third upload shows what it changed of the second. " +
			"A property of which no more is known than that it changed is replaced whole. A scan that only looked again has no changes, nor has a dry run, whose summary names them. Kept for 400 days.",
		errs: []error{errCursor, report.ErrProject, report.ErrSource, report.ErrScan}}, h.changes)
}

type changesInput struct {
	ScanPath
	PageInput
	Change     string `query:"change" enum:"added,changed,removed"`
	EntityType string `query:"entityType" maxLength:"200"`
}

// changeChunk is how many changes are read at once; one may be big.
const changeChunk = 100

func (h *sources) changes(ctx context.Context, in *changesInput) (*body[ScanChangePage], error) {
	list := h.Cursors.list(in.ProjectPath, "list-scan-changes", in.ID, in.ScanID, in.Change, in.EntityType)
	span, err := in.span(list)
	if err != nil {
		return nil, err
	}
	source, err := h.source(ctx, in.SourcePath)
	if err != nil {
		return nil, err
	}
	scan, counts, err := h.Report.ChangeCounts(ctx, source, in.ScanID)
	if err != nil {
		return nil, err
	}
	filter := report.ChangeFilter{Kind: drift.Delta(in.Change), EntityType: in.EntityType}
	entries, next, err := gather(span, changeChunk, func(s report.Span) (report.Page[report.Change], error) {
		return h.Report.Changes(ctx, source, scan, filter, s)
	}, scanChange)
	return bodyOf(ScanChangePage{Changes: entries, Counts: ChangeCounts(counts), NextCursor: cursorOrNull(list, next)}, err)
}
