package reconcile_test

import (
	"testing"

	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
)

func TestANullIsRecordedAsDeclared(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.AutoUpdate)
	e.scanned(t, o, "a", `null`, "b", `{"c":null,"d":[{"e":null}]}`)
	e.wantValue(t, "a", `null`)
	e.wantValue(t, "b", `{"c":null,"d":[{"e":null}]}`)
	e.want(t, reconcile.Unchanged, e.scanned(t, o, "a", `null`, "b", `{"c":null,"d":[{"e":null}]}`, "f", `null`))
	e.wantValue(t, "f", `null`)
	e.want(t, reconcile.Updated, e.scanned(t, o, "a", `1`, "b", `{"c":2}`, "f", `null`))
	e.want(t, reconcile.Updated, e.scanned(t, o, "a", `null`, "b", `{"c":null}`, "f", `null`))
	e.wantValue(t, "a", `null`)
	e.wantValue(t, "b", `{"c":null}`)
}

// What a literal source proposes between absent, null and empty is what is recorded then.
func TestALiteralProposalOfANullAppliesIt(t *testing.T) {
	t.Parallel()
	values := []string{``, `null`, `{}`, `[]`, `{"b":null}`, `{"b":{}}`}
	for _, before := range values {
		for _, after := range values {
			if before == after {
				continue
			}
			t.Run(before+" to "+after, func(t *testing.T) {
				t.Parallel()
				e, o := newEstate(), newOrigin("s", drift.HumanApproval)
				o.literal = true
				e.scanned(t, o, absentLeftOut([]string{"k", `1`, "a", before})...)
				e.want(t, reconcile.Proposed, e.scanned(t, o, absentLeftOut([]string{"k", `1`, "a", after})...))
				e.wantHeld(t, o, "/properties/a: "+before+" -> "+after)
				mustDecide(t, e, o, drift.Approved)
				e.wantValue(t, "a", after)
				e.wantStatus(t, o, drift.Current)
				e.want(t, reconcile.Unchanged, e.scan(t, o, true))
			})
		}
	}
}

func TestARejectedNullIsNotProposedAgain(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	e.scanned(t, o, "a", `1`, "b", `1`)
	e.want(t, reconcile.Proposed, e.scanned(t, o, "a", `null`, "b", `1`))
	mustDecide(t, e, o, drift.Rejected)
	for _, declared := range [][]string{{"b", `1`}, {"a", `null`, "b", `1`}, {"a", `{}`, "b", `1`}} {
		e.want(t, reconcile.Drifted, e.scanned(t, o, declared...))
		e.wantHeld(t, o)
	}
}

// Beside a source that declares the property a null is none.
func TestANullGivesWay(t *testing.T) {
	t.Parallel()
	eachPolicy(t, func(t *testing.T, policy drift.Policy) {
		for _, literal := range []bool{false, true} {
			e, one, two := newEstate(), newOrigin("one", policy), newOrigin("two", drift.AutoUpdate)
			one.literal = literal
			e.scanned(t, one, "a", `null`, "b", `1`)
			e.want(t, reconcile.Updated, e.scanned(t, two, "a", `"v"`))
			e.wantValue(t, "a", `"v"`)
			if e.owns(one, "a") {
				t.Error("who declares a null owns what another declares")
			}
			e.want(t, reconcile.Unchanged, e.scan(t, one, true))
			e.wantStatus(t, one, drift.Current)
			e.want(t, reconcile.Updated, e.scanned(t, two))
			e.wantValue(t, "a", ``)
		}
	})
}

// Earlier versions left nulls out: a catalogue of theirs is not written for them.
func TestNullsThatAreSeenAtLastAreNoDifference(t *testing.T) {
	t.Parallel()
	eachPolicy(t, func(t *testing.T, policy drift.Policy) {
		e, o := newEstate(), newOrigin("s", policy)
		const secret = `"p":{"$sensitive":"a:x"}`
		e.scanned(t, o, "a", `1`, "c", `{"e":[{}],`+secret+`}`, "g", `[]`)
		e.scanned(t, o, "a", `1`, "c", `{"e":[{}],`+secret+`}`)
		seen := []string{"a", `1`, "b", `null`, "c", `{"d":null,"e":[{"f":null}],` + secret + `}`, "g", `null`}
		o.reread = true
		if change := e.scanned(t, o, seen...); change.Record != nil || change.Open != nil || change.Outcome != reconcile.Unchanged {
			t.Errorf("the first scan: %s", shownIn(change))
		}
		e.wantStatus(t, o, drift.Current)
		o.reread = false
		e.want(t, reconcile.Unchanged, e.scan(t, o, true))
		e.want(t, reconcile.Unchanged, e.scanned(t, o, append(seen, "h", `null`)...))
		e.wantValue(t, "b", `null`)
	})
}

func TestNullsThatAreSeenAtLastAreRecordedWithAChange(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.AutoUpdate)
	e.scanned(t, o, "a", `1`, "c", `{}`)
	o.reread = true
	change := e.scanned(t, o, "a", `2`, "b", `null`, "c", `{"d":null}`)
	if len(change.Applied) != 1 || change.Applied[0].Property != "/properties/a" {
		t.Errorf("applied %v", change.Applied)
	}
	e.wantValue(t, "b", `null`)
	e.wantValue(t, "c", `{"d":null}`)
}

func TestANullThatASchemaGainedIsNoReasonToWrite(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	e.scanned(t, o, "a", `1`)
	o.declare("a", `1`, "b", `null`)
	c := e.caseOf(o)
	c.Declared.Gained = map[string]bool{"/properties/b": true}
	if change := reconcile.Entity(c); change.Record != nil || change.Outcome != reconcile.Unchanged {
		t.Errorf("the scan: %s", shownIn(change))
	}
}

func TestALiteralSourceTakesNullsThatAreSeenAtLast(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	o.literal = true
	e.scanned(t, o, "a", `1`, "c", `{}`)
	o.reread = true
	if change := e.scanned(t, o, "a", `1`, "b", `null`, "c", `{"d":null}`); len(change.Applied) > 0 || change.Open != nil {
		t.Errorf("the first scan: %s", shownIn(change))
	}
	o.reread = false
	e.wantValue(t, "b", `null`)
	e.wantValue(t, "c", `{"d":null}`)
	e.want(t, reconcile.Unchanged, e.scan(t, o, true))
	e.want(t, reconcile.Proposed, e.scanned(t, o, "a", `1`, "c", `{"d":null}`))
}
