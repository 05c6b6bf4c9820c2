package reconcile_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
)

func TestAPropertyThatTurnsSecretIsOverwritten(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ plain, secret string }{
		"as a whole":               {`"hunter2hunter2"`, `{"$sensitive":"a:1"}`},
		"inside an object":         {`{"pw":"hunter2hunter2"}`, `{"pw":{"$sensitive":"a:1"}}`},
		"beside another secret":    {`{"key":{"$sensitive":"a:2"},"pw":"hunter2hunter2"}`, `{"key":{"$sensitive":"a:2"},"pw":{"$sensitive":"a:1"}}`},
		"inside a list":            {`["x","hunter2hunter2"]`, `["x",{"$sensitive":"a:1"}]`},
		"inside a list that grew":  {`["hunter2hunter2"]`, `["x",{"$sensitive":"a:1"}]`},
		"in a value of other kind": {`"hunter2hunter2"`, `{"pw":{"$sensitive":"a:1"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachPolicy(t, func(t *testing.T, policy drift.Policy) {
				e, o := newEstate(), newOrigin("s", policy)
				e.scanned(t, o, "pw", c.plain)
				change := e.scanned(t, o, "pw", c.secret)
				e.want(t, reconcile.Updated, change)
				e.wantValue(t, "pw", c.secret)
				if diff := cmp.Diff([]string{"/properties/pw"}, change.Scrub); diff != "" {
					t.Errorf("scrub, -want +got:\n%s", diff)
				}
				if text := shownIn(change); strings.Contains(text, "hunter2") {
					t.Errorf("the plaintext is in %s", text)
				}
			})
		})
	}
}

func TestASecretMemberThatIsNewWaitsForApproval(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	e.scanned(t, o, "env", `[{"n":"A","v":{"$sensitive":"a:1"}}]`)
	e.want(t, reconcile.Proposed, e.scanned(t, o, "env", `[{"n":"A","v":{"$sensitive":"a:1"}},{"n":"B","v":{"$sensitive":"a:2"}}]`))
}

func TestAPendingPlaintextThatTurnsSecretIsSuperseded(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	e.scanned(t, o, "pw", `"old"`)
	e.scanned(t, o, "pw", `"hunter2hunter2"`)
	e.want(t, reconcile.Updated, e.scanned(t, o, "pw", `"secret:hunter2hunter2"`))
	e.wantHeld(t, o)
}

func TestWhatOneKeepsSecretAnotherMayNotTell(t *testing.T) {
	t.Parallel()
	eachPolicy(t, func(t *testing.T, policy drift.Policy) {
		e, keeper, teller := newEstate(), newOrigin("keeper", policy), newOrigin("teller", policy)
		e.scanned(t, keeper, "pw", `"secret:hunter2hunter2"`)
		change := e.scanned(t, teller, "pw", `"hunter2hunter2"`)
		e.want(t, reconcile.Drifted, change)
		e.wantStatus(t, teller, drift.Drifted)
		if text := shownIn(change); strings.Contains(text, "hunter2") || change.Open != nil {
			t.Errorf("the plaintext is in %s", text)
		}
	})
}

func TestTurningSecretMakesOthersLookAgain(t *testing.T) {
	t.Parallel()
	e, keeper, teller := newEstate(), newOrigin("keeper", drift.AutoUpdate), newOrigin("teller", drift.AutoUpdate)
	e.scanned(t, teller, "pw", `"hunter2hunter2"`)
	change := e.scanned(t, keeper, "pw", `"secret:hunter2hunter2"`)
	if len(change.Others) != 1 || !change.Others[0].Rescan || len(change.Scrub) != 1 {
		t.Errorf("effects %+v, scrub %v", change.Others, change.Scrub)
	}
	e.want(t, reconcile.Drifted, e.scan(t, teller, false))
	if !catalog.HasSecret(catalog.Value(e.value("pw"))) {
		t.Errorf("recorded is %s", e.value("pw"))
	}
}

func TestTheChangesOfASecretAreCounted(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.AutoUpdate)
	for _, value := range []string{"one", "two", "two", "three"} {
		e.scanned(t, o, "pw", `"secret:`+value+`"`)
	}
	if got := e.record.SecretChanges["/properties/pw"]; got != 2 {
		t.Errorf("counted %d, want 2", got)
	}
}

func rotate(origins ...*origin) {
	for _, o := range origins {
		o.key = "b"
	}
}

func TestARotationOfKeysIsNoDrift(t *testing.T) {
	t.Parallel()
	eachPolicy(t, func(t *testing.T, policy drift.Policy) {
		e, o := newEstate(), newOrigin("s", policy)
		e.scanned(t, o, "pw", `"secret:one"`)
		rotate(o)
		change := e.scan(t, o, false)
		e.want(t, reconcile.Unchanged, change)
		if got := catalog.SecretKeyID(catalog.Value(e.value("pw"))); got != "b" || len(change.Applied) > 0 {
			t.Errorf("stamped under %q, applied %v", got, change.Applied)
		}
	})
}

func TestARotationStampsAPendingProposal(t *testing.T) {
	t.Parallel()
	e, o, other := newEstate(), newOrigin("s", drift.HumanApproval), newOrigin("o", drift.AutoUpdate)
	e.scanned(t, other, "pw", `"secret:one"`)
	waiting := e.scanned(t, o, "pw", `"secret:two"`).Open.ID
	rotate(o, other)
	e.scan(t, other, false) // the recorded secret moves to the new key first
	e.want(t, reconcile.Drifted, e.scan(t, o, false))
	p := e.pending(o.id)
	if p.ID != waiting || catalog.SecretKeyID(p.Changes[0].After) != "b" {
		t.Errorf("the proposal is %+v", p)
	}
	mustDecide(t, e, o, drift.Approved)
}

func TestAnApprovalSurvivesTheRotationOfWhatItFound(t *testing.T) {
	t.Parallel()
	e, o, other := newEstate(), newOrigin("s", drift.HumanApproval), newOrigin("o", drift.AutoUpdate)
	e.scanned(t, other, "pw", `"secret:one"`)
	e.scanned(t, o, "pw", `"secret:two"`)
	rotate(o, other)
	e.scan(t, other, false)
	mustDecide(t, e, o, drift.Approved)
	e.scan(t, o, false)
	e.wantStatus(t, o, drift.Current)
}

func TestARotationStampsARejection(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	e.scanned(t, o, "pw", `"secret:one"`)
	e.scanned(t, o, "pw", `"secret:two"`)
	mustDecide(t, e, o, drift.Rejected)
	rotate(o)
	e.want(t, reconcile.Drifted, e.scan(t, o, false))
	e.wantHeld(t, o)
	if change := e.scan(t, o, true); !change.Empty() {
		t.Errorf("the rejection is lost: %+v", change)
	}
}

func TestASecretUnderAnUnknownKeyIsStampedAnew(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	e.scanned(t, o, "pw", `"secret:one"`, "list", `["x","secret:not a secret"]`)
	o.key, o.scanned = "b", "b" // a is known to nobody
	e.want(t, reconcile.Unchanged, e.scan(t, o, false))
	if got := catalog.SecretKeyID(catalog.Value(e.value("pw"))); got != "b" {
		t.Errorf("stamped under %q", got)
	}
}
