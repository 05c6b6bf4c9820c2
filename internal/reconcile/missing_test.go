package reconcile_test

import (
	"testing"

	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
)

func TestGoneIsMissingUnderBothPolicies(t *testing.T) {
	t.Parallel()
	for _, policy := range []drift.Policy{drift.AutoUpdate, drift.HumanApproval} {
		e, o := newEstate(), newOrigin("s", policy)
		e.scanned(t, o, "a", `1`)
		change := e.gone(t, o)
		e.want(t, reconcile.Vanished, change)
		e.wantValue(t, "a", `1`)
		if change.Status != drift.Missing {
			t.Errorf("%s: the entity is %s", policy, change.Status)
		}
		e.want(t, reconcile.Unchanged, e.scan(t, o, true))
	}
}

func TestWhatReappearsIsCurrentAgain(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	e.scanned(t, o, "a", `1`)
	e.scanned(t, o, "a", `2`)
	e.gone(t, o)
	e.wantHeld(t, o) // a proposal about a declaration that is gone ends
	e.want(t, reconcile.Proposed, e.scanned(t, o, "a", `2`))
	e.gone(t, o)
	e.want(t, reconcile.Unchanged, e.scanned(t, o, "a", `1`))
	e.wantStatus(t, o, drift.Current)
}

func TestMissingOnlyWhenNoSourceDeclaresIt(t *testing.T) {
	t.Parallel()
	e, o, other := newEstate(), newOrigin("s", drift.AutoUpdate), newOrigin("o", drift.AutoUpdate)
	e.scanned(t, o, "a", `1`)
	e.scanned(t, other, "a", `1`)
	if change := e.gone(t, o); change.Status != drift.Current {
		t.Errorf("with one source left the entity is %s", change.Status)
	}
	if change := e.gone(t, other); change.Status != drift.Missing {
		t.Errorf("with no source left the entity is %s", change.Status)
	}
}

func TestASourceThatMissesTheEntityClaimsNothing(t *testing.T) {
	t.Parallel()
	e, o, other := newEstate(), newOrigin("s", drift.AutoUpdate), newOrigin("o", drift.AutoUpdate)
	e.scanned(t, o, "a", `1`, "b", `1`)
	e.scanned(t, other, "a", `1`)
	e.gone(t, o)
	e.want(t, reconcile.Updated, e.scanned(t, other, "a", `2`))
	e.want(t, reconcile.Updated, e.scanned(t, other, "c", `2`))
	e.wantValue(t, "a", ``)
	if e.owns(o, "a") {
		t.Errorf("what was removed is still owned")
	}
}

func TestAutoUpdatePrunes(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.AutoUpdate)
	o.prune = true
	e.scanned(t, o, "a", `1`)
	change := e.gone(t, o)
	e.want(t, reconcile.Removed, change)
	if !change.Delete || e.record != nil {
		t.Errorf("the entity stays: %+v", change)
	}
}

func TestPruneTakesOnlyTheSourcesShare(t *testing.T) {
	t.Parallel()
	for _, policy := range []drift.Policy{drift.AutoUpdate, drift.HumanApproval} {
		e, o, other := newEstate(), newOrigin("s", policy), newOrigin("o", drift.AutoUpdate)
		o.prune = true
		e.scanned(t, o, "a", `1`, "b", `1`)
		e.scanned(t, other, "b", `1`, "c", `1`)
		change := e.gone(t, o)
		if policy == drift.HumanApproval {
			e.want(t, reconcile.Proposed, change)
			e.wantHeld(t, o, "/properties/a: 1 -> ")
			e.wantValue(t, "a", `1`)
			change = mustDecide(t, e, o, drift.Approved)
		}
		e.want(t, reconcile.Removed, change)
		e.wantValue(t, "a", ``)
		e.wantValue(t, "b", `1`)
		if e.record.Declarer(o.id) != nil {
			t.Errorf("the share stays: %+v", e.record.Declarers)
		}
	}
}

func TestADeleteThatWasTurnedDownIsNotProposedAgain(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	o.prune = true
	e.scanned(t, o, "a", `1`)
	e.gone(t, o)
	mustDecide(t, e, o, drift.Rejected)
	e.wantStatus(t, o, drift.Missing)
	e.want(t, reconcile.Drifted, e.scan(t, o, true))
	e.wantHeld(t, o)

	e.scanned(t, o, "a", `1`)
	e.wantStatus(t, o, drift.Current)
	e.want(t, reconcile.Proposed, e.gone(t, o)) // declared in between
}

func TestADeleteEndsWhenTheEntityReappears(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	o.prune = true
	e.scanned(t, o, "a", `1`)
	e.gone(t, o)
	e.want(t, reconcile.Unchanged, e.scanned(t, o, "a", `1`))
	e.wantHeld(t, o)
	e.wantStatus(t, o, drift.Current)
}

func TestADeleteOutlivesTheChangesOfOthers(t *testing.T) {
	t.Parallel()
	e, o, other := newEstate(), newOrigin("s", drift.HumanApproval), newOrigin("o", drift.AutoUpdate)
	o.prune = true
	e.scanned(t, other, "a", `1`)
	e.scanned(t, o, "a", `1`)
	e.gone(t, o)
	waiting := e.heads[o.id].Proposal
	e.scanned(t, other, "a", `2`)
	if e.heads[o.id].Proposal != waiting {
		t.Errorf("the proposal to delete was superseded")
	}
}

func TestWithoutPruneADeleteEnds(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	o.prune = true
	e.scanned(t, o, "a", `1`)
	e.gone(t, o)
	o.prune = false
	e.want(t, reconcile.Unchanged, e.scan(t, o, true))
	e.wantHeld(t, o)
	e.wantStatus(t, o, drift.Missing)
}

func TestWithdrawDeletesWhatNobodyElseDeclares(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	e.scanned(t, o, "a", `1`)
	waiting := e.scanned(t, o, "a", `2`).Open.ID
	change := reconcile.Withdraw(e.caseOf(o))
	e.apply(t, o, change)
	if e.check(t); !change.Delete || e.proposals[waiting].Status != drift.Superseded {
		t.Errorf("change %+v, the proposal is %s", change, e.proposals[waiting].Status)
	}
}

func TestAnEntityThatMovedToAnotherDocumentIsNotGone(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.AutoUpdate)
	o.prune = true
	e.scanned(t, o, "a", `1`)
	c := e.caseOf(o)
	c.Document, c.Declared = "where it was before", nil
	if change := reconcile.Entity(c); !change.Empty() {
		t.Errorf("got %+v", change)
	}
}
