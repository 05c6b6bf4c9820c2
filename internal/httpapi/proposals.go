package httpapi

import (
	"context"
	"net/http"
	"strings"

	"plumbline/internal/auth"
	"plumbline/internal/drift"
	"plumbline/internal/report"
	"plumbline/internal/review"
)

const (
	proposalsRoute = sourceRoute + "/drift-proposals"
	proposalRoute  = proposalsRoute + "/{proposalId}"
)

// DriftProposals is the group of an import source's proposals and the decisions on
// them.
func DriftProposals(deps Deps) Group {
	h := &sources{Deps: deps, dialect: importSources}
	return Group{Name: "drift-proposals", dialect: h.dialect, mount: h.proposals}
}

func (h *sources) proposals(m *mount) {
	missing := []error{report.ErrProject, report.ErrSource, report.ErrProposal}
	decided := append(missing, review.ErrDecided, review.ErrStale)
	serve(m, operation{id: "list-drift-proposals", method: http.MethodGet, path: proposalsRoute, needs: auth.DataRead,
		summary: "List the drift proposals of an import source", details: "Of one status or of several, the oldest first.",
		errs: []error{errCursor, report.ErrProject, report.ErrSource}}, h.listProposals)
	serve(m, operation{id: "get-drift-proposal", method: http.MethodGet, path: proposalRoute, needs: auth.DataRead,
		summary: "Get a drift proposal", errs: missing}, h.proposal)
	serve(m, operation{id: "approve-drift-proposal", method: http.MethodPost, path: proposalRoute + "/approve", needs: auth.DataWrite,
		summary: "Approve a drift proposal", errs: decided,
		details: "Applies the proposed changes to the entity and marks the proposal approved. Where a property moved since the scan, nothing is applied and the source is scanned anew."}, h.approve)
	serve(m, operation{id: "reject-drift-proposal", method: http.MethodPost, path: proposalRoute + "/reject", needs: auth.DataWrite,
		summary: "Reject a drift proposal", errs: decided,
		details: "Marks the proposal rejected without changing the entity. It holds per property until the declared value changes."}, h.reject)
	serve(m, operation{id: "decide-drift-proposals", method: http.MethodPost, path: proposalsRoute + "/decide", needs: auth.DataWrite,
		summary: "Decide many drift proposals",
		details: "Those with the ids given, or those pending that one scan opened; at most 1,000 a call, with a result for each. What is not reached within 20 seconds has the code `not_reached`: call again.",
		errs:    []error{report.ErrProject, report.ErrSource}}, h.decide)
}

type proposalsInput struct {
	SourcePath
	PageInput
	Status []string `query:"status" enum:"pending,approved,rejected,superseded" doc:"One or several, separated by commas; pending if left out"`
}

func (h *sources) listProposals(ctx context.Context, in *proposalsInput) (*body[DriftProposalPage], error) {
	list := h.Cursors.list(in.ProjectPath, "list-drift-proposals", in.ID, strings.Join(in.Status, ","))
	span, err := in.span(list)
	if err != nil {
		return nil, err
	}
	source, err := h.source(ctx, in.SourcePath)
	if err != nil {
		return nil, err
	}
	statuses := named[drift.ProposalStatus](in.Status)
	if len(statuses) == 0 {
		statuses = []drift.ProposalStatus{drift.Pending}
	}
	entries, next, err := gather(span, proposalChunk, func(s report.Span) (report.Page[drift.Proposal], error) {
		return h.Report.Proposals(ctx, source, statuses, s)
	}, h.dialect.proposal)
	return bodyOf(DriftProposalPage{Proposals: entries, NextCursor: cursorOrNull(list, next)}, err)
}

// proposalChunk is how many proposals are read at once; one may be big.
const proposalChunk = 50

// pending are the oldest pending proposals of what a filter admits, at most maxPending and
// of the first maxSearched.
func (h *sources) pending(ctx context.Context, source drift.Source, f report.DriftFilter) ([]DriftProposal, error) {
	searched := 0
	entries, _, err := gatherWithin(maxPage/2, report.Span{Limit: maxPending}, proposalChunk, func(s report.Span) (report.Page[drift.Proposal], error) {
		s.Limit = proposalChunk
		page, err := h.Report.Pending(ctx, source, f, s)
		if searched += proposalChunk; searched >= maxSearched {
			page.Next = ""
		}
		return page, err
	}, h.dialect.proposal)
	return entries[:min(len(entries), maxPending)], err
}

func (h *sources) proposal(ctx context.Context, in *ProposalPath) (*body[DriftProposal], error) {
	source, err := h.source(ctx, in.SourcePath)
	if err != nil {
		return nil, err
	}
	p, err := h.Report.Proposal(ctx, source, in.ProposalID)
	return bodyOf(h.dialect.proposal(p), err)
}

func (h *sources) approve(ctx context.Context, in *ProposalPath) (*body[DriftProposal], error) {
	return h.decideOne(ctx, in, drift.Approved)
}

func (h *sources) reject(ctx context.Context, in *ProposalPath) (*body[DriftProposal], error) {
	return h.decideOne(ctx, in, drift.Rejected)
}

func (h *sources) decideOne(ctx context.Context, in *ProposalPath, status drift.ProposalStatus) (*body[DriftProposal], error) {
	source, err := h.source(ctx, in.SourcePath)
	if err != nil {
		return nil, err
	}
	p, err := h.Report.Proposal(ctx, source, in.ProposalID)
	if err != nil {
		return nil, err
	}
	p, err = h.Decide(ctx, review.Decision{Source: source, Proposal: p.ID, Status: status, Actor: principal(ctx).Subject})
	return bodyOf(h.dialect.proposal(p), err)
}
