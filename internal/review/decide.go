package review

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
	"plumbline/internal/store"
)

// attempts bounds how often a decision is tried again after somebody else's write to
// what it shares with others, such as totals.
const attempts = 50

// Decide approves or rejects one proposal and returns it as decided. Approving
// applies its changes to the entity; rejecting leaves the entity as it is. Errors:
// [ErrNotFound], [ErrDecided], [ErrStale].
func (r *Reviewer) Decide(ctx context.Context, d Decision) (drift.Proposal, error) {
	for attempt := 0; ; attempt++ {
		p, err := r.decide(ctx, d)
		if !errors.Is(err, store.ErrConflict) || attempt == attempts {
			return p, err
		}
		select {
		case <-ctx.Done():
			return drift.Proposal{}, ctx.Err()
		case <-time.After(time.Duration(1+rand.IntN(5*min(attempt+1, 20))) * time.Millisecond):
		}
	}
}

func (r *Reviewer) decide(ctx context.Context, d Decision) (drift.Proposal, error) {
	p, err := r.Store.Proposal(ctx, d.Source.ID, d.Proposal)
	if err != nil {
		return drift.Proposal{}, err
	}
	now := r.Now()
	decided, ok := p.Decide(d.Status, d.Actor, now)
	if !ok {
		return p, fmt.Errorf("%w: it is %s", ErrDecided, p.Status)
	}
	entries, err := r.Store.Load(ctx, d.Source.ID, p.Document, []uuid.UUID{p.EntityID})
	if err != nil {
		return p, err
	}
	entry := entries[0]
	decided.Document = entry.HeadDocument // the entity may have moved between documents
	change, err := decision(decided, caseOf(d.Source, p, entry))
	if errors.Is(err, reconcile.ErrStale) {
		return r.stale(ctx, d, entry)
	}
	if err != nil {
		return p, err
	}
	_, err = r.Store.Apply(ctx, nil, []store.Write{{Source: d.Source, Document: entry.HeadDocument, Entry: entry,
		Change: change, Decision: &decided, Actor: d.Actor, At: now}})
	if err != nil {
		return p, err
	}
	return decided, nil
}

func caseOf(source drift.Source, p drift.Proposal, e store.Entry) reconcile.Case {
	return reconcile.Case{EntityID: p.EntityID, EnvID: p.EnvID, Source: source.ID, Document: e.HeadDocument,
		Policy: source.Settings.Policy, Prune: source.Settings.Prune, Literal: source.Settings.Literal, Head: e.Head, Record: e.Record, Others: e.Others}
}

func decision(p drift.Proposal, c reconcile.Case) (reconcile.Change, error) {
	if p.Status == drift.Approved {
		return reconcile.Approve(p, c)
	}
	return reconcile.Reject(p, c)
}

// stale ends a decision about a proposal that does not fit the entity any more. Where
// somebody decided it since it was read, that is why. Else the source is due for a full
// scan, so that a fresh proposal follows; of a source that is pushed to, the next push
// looks again.
func (r *Reviewer) stale(ctx context.Context, d Decision, entry store.Entry) (drift.Proposal, error) {
	p, err := r.Store.Proposal(ctx, d.Source.ID, d.Proposal)
	switch {
	case err != nil:
		return p, err
	case p.Status != drift.Pending:
		return p, fmt.Errorf("%w: it is %s", ErrDecided, p.Status)
	}
	if err := r.Store.LookAgain(ctx, d.Source.Ref(), entry); err != nil {
		return p, err
	}
	return p, ErrStale
}
