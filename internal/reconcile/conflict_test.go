package reconcile_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
)

// rivals are two sources that declared a: one as 1, which is recorded, the other as 2.
func rivals(t *testing.T, first, second drift.Policy) (e *estate, holder, rival *origin) {
	t.Helper()
	e, holder, rival = newEstate(), newOrigin("holder", first), newOrigin("rival", second)
	e.scanned(t, holder, "a", `1`)
	e.want(t, reconcile.Proposed, e.scanned(t, rival, "a", `2`))
	return e, holder, rival
}

func eachPolicy(t *testing.T, run func(t *testing.T, policy drift.Policy)) {
	for _, policy := range []drift.Policy{drift.AutoUpdate, drift.HumanApproval} {
		t.Run("under "+string(policy), func(t *testing.T) {
			t.Parallel()
			run(t, policy)
		})
	}
}

func TestAConflictIsAppliedUnderNeitherPolicy(t *testing.T) {
	t.Parallel()
	eachPolicy(t, func(t *testing.T, policy drift.Policy) {
		e, holder, rival := rivals(t, policy, policy)
		e.wantValue(t, "a", `1`)
		e.wantHeld(t, rival, "/properties/a: 1 -> 2")
		want := []drift.Claim{{Source: holder.id, Value: catalog.Value(`1`)}}
		if diff := cmp.Diff(want, e.pending(rival.id).Changes[0].Conflict); diff != "" {
			t.Errorf("conflict, -want +got:\n%s", diff)
		}
		if change := e.scan(t, holder, true); !change.Empty() {
			t.Errorf("the holder's scan changes %+v", change)
		}
	})
}

func TestAConflictEndsWhenTheHolderAgrees(t *testing.T) {
	t.Parallel()
	e, holder, rival := rivals(t, drift.AutoUpdate, drift.HumanApproval)
	e.want(t, reconcile.Updated, e.scanned(t, holder, "a", `2`))
	e.wantValue(t, "a", `2`)
	e.wantHeld(t, rival)
	e.wantStatus(t, rival, drift.Current)
	if !e.owns(rival, "a") {
		t.Errorf("what was found equal is not owned")
	}
}

func TestAConflictEndsWhenTheRivalAgrees(t *testing.T) {
	t.Parallel()
	e, _, rival := rivals(t, drift.AutoUpdate, drift.HumanApproval)
	e.want(t, reconcile.Unchanged, e.scanned(t, rival, "a", `1`))
	e.wantHeld(t, rival)
	e.wantStatus(t, rival, drift.Current)
}

func TestAConflictEndsWhenTheHolderIsSilent(t *testing.T) {
	t.Parallel()
	for name, silent := range map[string]func(e *estate, o *origin) reconcile.Change{
		"the property is gone": func(e *estate, o *origin) reconcile.Change { return e.scanned(t, o, "b", `1`) },
		"the entity is gone":   func(e *estate, o *origin) reconcile.Change { return e.gone(t, o) },
		"the source is deleted": func(e *estate, o *origin) reconcile.Change {
			change := reconcile.Withdraw(e.caseOf(o))
			e.apply(t, o, change)
			return change
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, holder, rival := rivals(t, drift.AutoUpdate, drift.AutoUpdate)
			change := silent(e, holder)
			if len(change.Others) != 1 || !change.Others[0].Rescan {
				t.Fatalf("the rival is not told: %+v", change.Others)
			}
			e.want(t, reconcile.Updated, e.scan(t, rival, false))
			e.wantValue(t, "a", `2`)
			e.wantStatus(t, rival, drift.Current)
		})
	}
}

func TestAnApprovalEndsAConflictForBoth(t *testing.T) {
	t.Parallel()
	eachPolicy(t, func(t *testing.T, policy drift.Policy) {
		e, holder, rival := rivals(t, policy, policy)
		mustDecide(t, e, rival, drift.Approved)
		e.wantValue(t, "a", `2`)
		e.wantStatus(t, rival, drift.Current)
		e.wantStatus(t, holder, drift.Drifted)
		e.scan(t, holder, true)
		e.wantValue(t, "a", `2`)
		e.wantHeld(t, holder)
	})
}

func TestARejectionEndsAConflict(t *testing.T) {
	t.Parallel()
	eachPolicy(t, func(t *testing.T, policy drift.Policy) {
		e, _, rival := rivals(t, policy, policy)
		mustDecide(t, e, rival, drift.Rejected)
		change := e.scan(t, rival, true)
		e.want(t, reconcile.Drifted, change)
		if !change.Empty() {
			t.Errorf("turned down, and yet %+v", change)
		}
		e.wantValue(t, "a", `1`)
	})
}

func TestAProposalThatComesIntoConflictIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	e, o, other := newEstate(), newOrigin("s", drift.HumanApproval), newOrigin("o", drift.AutoUpdate)
	e.scanned(t, o, "a", `1`)
	e.scanned(t, o, "a", `2`)
	change := e.scanned(t, other, "a", `1`)
	if len(change.Others) != 1 || !change.Others[0].Rescan {
		t.Fatalf("effects %+v", change.Others)
	}
	if _, err := e.decide(t, o, drift.Approved); err == nil {
		t.Fatalf("approved without a sight of the conflict")
	}
	e.scan(t, o, false)
	if p := e.pending(o.id); p == nil || !p.Conflict() {
		t.Errorf("the proposal is %+v", p)
	}
}

func TestARemovalTakesOnlyTheOwnershipOfWhatAnotherDeclares(t *testing.T) {
	t.Parallel()
	eachPolicy(t, func(t *testing.T, policy drift.Policy) {
		e, o, other := newEstate(), newOrigin("s", policy), newOrigin("o", policy)
		e.scanned(t, o, "a", `1`, "b", `1`)
		e.scanned(t, other, "a", `1`)
		e.want(t, reconcile.Unchanged, e.scanned(t, o, "b", `1`))
		e.wantValue(t, "a", `1`)
		if e.owns(o, "a") || !e.owns(other, "a") {
			t.Errorf("declarers %+v", e.record.Declarers)
		}
	})
}

func TestWhatASourceNeitherOwnsNorDeclaresIsNotItsBusiness(t *testing.T) {
	t.Parallel()
	e, o, other := newEstate(), newOrigin("s", drift.AutoUpdate), newOrigin("o", drift.AutoUpdate)
	e.scanned(t, o, "a", `1`)
	e.scanned(t, other, "b", `1`)
	e.want(t, reconcile.Unchanged, e.scan(t, o, true))
	e.wantValue(t, "b", `1`)
	e.scanned(t, o, "a", `2`)
	e.wantValue(t, "b", `1`)
}

func TestOneAppliesWhatAnotherHolds(t *testing.T) {
	t.Parallel()
	e, o, other := newEstate(), newOrigin("s", drift.HumanApproval), newOrigin("o", drift.AutoUpdate)
	e.scanned(t, o, "a", `1`)
	waiting := e.scanned(t, o, "a", `2`).Open.ID
	change := e.scanned(t, other, "a", `2`)
	e.want(t, reconcile.Updated, change)
	e.wantStatus(t, o, drift.Current)
	if change.Status != drift.Current || e.proposals[waiting].Status != drift.Superseded {
		t.Errorf("the entity is %s, the proposal %s", change.Status, e.proposals[waiting].Status)
	}
}
