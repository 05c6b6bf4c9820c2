package report

import (
	"context"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/store"
)

// MaxSelected is how many proposals one selection gives at most.
const MaxSelected = 1000

// Proposal resolves a proposal of a source by the text of its id, or [ErrProposal].
func (r *Reporter) Proposal(ctx context.Context, source drift.Source, id string) (drift.Proposal, error) {
	proposalID, err := ParseID(id)
	if err != nil {
		return drift.Proposal{}, ErrProposal
	}
	p, err := r.Store.Proposal(ctx, source.ID, proposalID)
	return p, absent(err, ErrProposal)
}

// Proposals is a page of a source's proposals of some statuses, the oldest first.
func (r *Reporter) Proposals(ctx context.Context, source drift.Source, statuses []drift.ProposalStatus, span Span) (Page[drift.Proposal], error) {
	proposals, next, err := mergePages(statuses, span.Limit, func(s drift.ProposalStatus) ([]drift.Proposal, string, error) {
		return r.Store.Proposals(ctx, source.ID, s, span.Cursor, span.Limit)
	}, store.ProposalCursor)
	return Page[drift.Proposal]{Items: proposals, Next: next}, err
}

// Pending is a page of a source's pending proposals, the oldest first, whose entities the
// filter admits.
func (r *Reporter) Pending(ctx context.Context, source drift.Source, f DriftFilter, span Span) (Page[drift.Proposal], error) {
	if !f.wants(drift.Drifted) && !f.wants(drift.Missing) {
		return Page[drift.Proposal]{}, nil // what is proposed differs, or is gone
	}
	page, err := r.Proposals(ctx, source, []drift.ProposalStatus{drift.Pending}, span)
	if err != nil || len(f.Statuses) == 0 && f.EntityType == "" {
		return page, err
	}
	listed := make([]store.Listed, len(page.Items))
	for i, p := range page.Items {
		listed[i] = store.Listed{ID: p.EntityID, EntityType: p.EntityType, Name: p.EntityName}
	}
	entities, err := r.ofSource(ctx, source, listed)
	admitted := page.Items[:0]
	for i, e := range entities {
		if f.admits(e) {
			admitted = append(admitted, page.Items[i])
		}
	}
	page.Items = admitted
	return page, err
}

// Selection picks pending proposals of a source. Only those of one scan can be
// picked, so that nobody decides what he has not seen; the other fields narrow it,
// the zero value of each does not.
type Selection struct {
	ScanID     uuid.UUID
	EntityType string
	Action     drift.Action
	// Conflict: only those that show a conflict, or only those that do not.
	Conflict *bool
}

// Select gives the ids of up to [MaxSelected] pending proposals, the oldest first;
// more tells that there are others.
func (r *Reporter) Select(ctx context.Context, source drift.Source, s Selection) (ids []uuid.UUID, more bool, err error) {
	for cursor := ""; ; {
		proposals, next, err := r.Store.Proposals(ctx, source.ID, drift.Pending, cursor, 100)
		if err != nil {
			return nil, false, err
		}
		for _, p := range proposals {
			if !s.admits(p) {
				continue
			}
			if len(ids) == MaxSelected {
				return ids, true, nil
			}
			ids = append(ids, p.ID)
		}
		if cursor = next; cursor == "" {
			return ids, false, nil
		}
	}
}

func (s Selection) admits(p drift.Proposal) bool {
	return p.ScanID == s.ScanID &&
		(s.EntityType == "" || p.EntityType == s.EntityType) &&
		(s.Action == "" || p.Action == s.Action) &&
		(s.Conflict == nil || p.Conflict() == *s.Conflict)
}
