package reconcile_test

import (
	"errors"
	"testing"

	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
)

func TestApproveAppliesTheProposal(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	e.scanned(t, o, "a", `1`, "b", `1`)
	e.scanned(t, o, "a", `2`)
	e.want(t, reconcile.Updated, mustDecide(t, e, o, drift.Approved))
	e.wantValue(t, "a", `2`)
	e.wantValue(t, "b", ``)
	e.wantStatus(t, o, drift.Current)
	if change := e.scan(t, o, true); !change.Empty() {
		t.Errorf("the next scan changes %+v", change)
	}
}

func TestApproveIsStaleWhenAPropertyMoved(t *testing.T) {
	t.Parallel()
	e, o, other := newEstate(), newOrigin("s", drift.HumanApproval), newOrigin("o", drift.AutoUpdate)
	e.scanned(t, o, "a", `1`, "b", `1`)
	e.scanned(t, o, "b", `1`) // to remove a
	e.scanned(t, other, "a", `3`)
	if _, err := e.decide(t, o, drift.Approved); !errors.Is(err, reconcile.ErrStale) {
		t.Fatalf("got %v", err)
	}
	e.scan(t, o, true)
	e.wantHeld(t, o) // another source declares it now: only the ownership went
	if e.owns(o, "a") {
		t.Errorf("a is still owned")
	}
}

func TestApproveLooksOnlyAtWhatTheProposalTouches(t *testing.T) {
	t.Parallel()
	e, o, other := newEstate(), newOrigin("s", drift.HumanApproval), newOrigin("o", drift.AutoUpdate)
	e.scanned(t, o, "a", `1`)
	e.scanned(t, o, "a", `2`)
	e.scanned(t, other, "b", `1`)
	mustDecide(t, e, o, drift.Approved)
	e.wantValue(t, "a", `2`)
}

func TestAnotherProposalThanTheHeadsIsStale(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	e.scanned(t, o, "a", `1`)
	older := *e.scanned(t, o, "a", `2`).Open
	e.scanned(t, o, "a", `3`)
	_, approve := reconcile.Approve(older, e.caseOf(o))
	_, reject := reconcile.Reject(older, e.caseOf(o))
	if !errors.Is(approve, reconcile.ErrStale) || !errors.Is(reject, reconcile.ErrStale) {
		t.Errorf("approve: %v, reject: %v", approve, reject)
	}
}

func TestARejectionHoldsUntilTheDeclaredValueChanges(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	e.scanned(t, o, "a", `1`, "b", `1`)
	e.scanned(t, o, "a", `2`, "b", `1`)
	e.want(t, reconcile.Drifted, mustDecide(t, e, o, drift.Rejected))
	e.wantStatus(t, o, drift.Drifted)

	e.scanned(t, o, "a", `2`, "b", `2`)
	e.wantHeld(t, o, "/properties/b: 1 -> 2")
	e.scanned(t, o, "a", `3`, "b", `2`)
	e.wantHeld(t, o, "/properties/a: 1 -> 3", "/properties/b: 1 -> 2")
	e.scanned(t, o, "a", `2`, "b", `1`)
	e.wantHeld(t, o, "/properties/a: 1 -> 2") // it changed in between
}

func TestTheRejectionOfARemovalHolds(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	e.scanned(t, o, "a", `1`, "b", `1`)
	e.scanned(t, o, "b", `1`)
	mustDecide(t, e, o, drift.Rejected)
	e.scanned(t, o, "b", `2`)
	e.wantHeld(t, o, "/properties/b: 1 -> 2")
	e.scanned(t, o, "a", `1`, "b", `1`)
	e.wantStatus(t, o, drift.Current)
}

func TestApproveOfADeleteThatGrewIsStale(t *testing.T) {
	t.Parallel()
	e, o, other := newEstate(), newOrigin("s", drift.HumanApproval), newOrigin("o", drift.AutoUpdate)
	o.prune, other.prune = true, true
	e.scanned(t, o, "a", `1`, "b", `1`)
	e.scanned(t, other, "b", `1`)
	e.gone(t, o)
	e.wantHeld(t, o, "/properties/a: 1 -> ")
	e.gone(t, other)
	if _, err := e.decide(t, o, drift.Approved); !errors.Is(err, reconcile.ErrStale) {
		t.Fatalf("got %v", err)
	}
	e.scan(t, o, true)
	e.wantHeld(t, o, "/properties/a: 1 -> ", "/properties/b: 1 -> ")
	if change := mustDecide(t, e, o, drift.Approved); !change.Delete {
		t.Errorf("the entity stays: %+v", change)
	}
	e.check(t)
}
