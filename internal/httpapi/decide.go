package httpapi

import (
	"context"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/parallel"
	"plumbline/internal/report"
	"plumbline/internal/review"
)

// DecideDriftProposals is the body of a decision on many proposals: ids or a filter.
type DecideDriftProposals struct {
	Decision string          `json:"decision" enum:"approve,reject"`
	IDs      uniqueTexts     `json:"ids,omitzero"`
	Filter   *ProposalFilter `json:"filter,omitzero"`
}

// ProposalFilter picks pending proposals. It is bound to the scan that opened them, so
// that nobody decides what he has not seen.
type ProposalFilter struct {
	ScanID     string `json:"scanId" format:"uuid"`
	EntityType string `json:"entityType,omitzero"`
	Action     string `json:"action,omitzero" enum:"update,delete"`
	Conflict   *bool  `json:"conflict,omitzero"`
}

// Decisions are the results, in the order of the ids or, of a filter, the oldest
// first.
type Decisions struct {
	Results []DecisionResult `json:"results" nullable:"false"`
	More    bool             `json:"more" doc:"The filter fits more proposals: call again"`
}

// DecisionResult is what became of one proposal: its new status, or an error.
type DecisionResult struct {
	ID     string  `json:"id"`
	Status *string `json:"status" doc:"approved or rejected; null with an error"`
	Error  string  `json:"error,omitzero"`
	Code   string  `json:"code,omitzero"`
}

type decideInput struct {
	SourcePath
	Body DecideDriftProposals
}

func (h *sources) decide(ctx context.Context, in *decideInput) (*body[Decisions], error) {
	source, err := h.source(ctx, in.SourcePath)
	if err != nil {
		return nil, err
	}
	ids, more, err := h.chosen(ctx, source, in.Body)
	if err != nil {
		return nil, err
	}
	status := drift.Rejected
	if in.Body.Decision == "approve" {
		status = drift.Approved
	}
	results, err := h.decideAll(ctx, source, status, ids)
	return bodyOf(Decisions{Results: results, More: more}, err)
}

// chosen are the ids of the proposals to decide.
func (h *sources) chosen(ctx context.Context, source drift.Source, b DecideDriftProposals) (ids []string, more bool, err error) {
	switch {
	case b.Filter != nil && len(b.IDs) > 0, b.Filter == nil && len(b.IDs) == 0:
		return nil, false, refuse("ids", "exactly one of ids and filter must be given")
	case b.Filter == nil:
		return b.IDs, false, b.IDs.check("ids")
	}
	scanID, err := uuid.Parse(b.Filter.ScanID)
	if err != nil {
		return nil, false, refuse("filter.scanId", "must be a UUID")
	}
	picked, more, err := h.Report.Select(ctx, source, report.Selection{ScanID: scanID, EntityType: b.Filter.EntityType,
		Action: drift.Action(b.Filter.Action), Conflict: b.Filter.Conflict})
	return texts(picked), more, err
}

// deciders is how many decisions are under way at once: enough for 1,000 in time, few
// enough not to be in each other's way at the totals that they share.
const deciders = 4

// decideAll decides each proposal by itself: one that cannot be decided, or whose
// decision panics, holds up no other.
func (h *sources) decideAll(ctx context.Context, source drift.Source, status drift.ProposalStatus, ids []string) ([]DecisionResult, error) {
	results := make([]DecisionResult, len(ids))
	until := h.Now().Add(patience)
	err := parallel.Each(context.WithoutCancel(ctx), deciders, len(ids), func(i int) error {
		err := parallel.Call(func() error {
			p, err := h.decideWithin(ctx, until, source, status, ids[i])
			results[i] = DecisionResult{ID: ids[i], Status: textOrNull(string(p.Status))}
			return err
		})
		if err != nil {
			told := translate(ctx, err)
			results[i] = DecisionResult{ID: ids[i], Error: told.text, Code: told.code}
		}
		return nil
	})
	return results, err
}

func (h *sources) decideWithin(ctx context.Context, until time.Time, source drift.Source, status drift.ProposalStatus, id string) (drift.Proposal, error) {
	if !h.Now().Before(until) {
		return drift.Proposal{}, errNotReached
	}
	p, err := h.Report.Proposal(ctx, source, id)
	if err != nil {
		return drift.Proposal{}, err
	}
	return h.Decide(ctx, review.Decision{Source: source, Proposal: p.ID, Status: status, Actor: principal(ctx).Subject})
}
