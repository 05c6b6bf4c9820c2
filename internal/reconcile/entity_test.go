package reconcile_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
)

// scanned declares pairs and scans.
func (e *estate) scanned(t failer, o *origin, pairs ...string) reconcile.Change {
	t.Helper()
	o.declare(pairs...)
	return e.scan(t, o, false)
}

// gone scans a document that does not declare the entity.
func (e *estate) gone(t failer, o *origin) reconcile.Change {
	t.Helper()
	o.declared = nil
	return e.scan(t, o, false)
}

func (e *estate) want(t *testing.T, outcome reconcile.Outcome, got reconcile.Change) {
	t.Helper()
	if got.Outcome != outcome {
		t.Errorf("outcome %q, want %q", got.Outcome, outcome)
	}
	e.check(t)
}

func (e *estate) wantValue(t *testing.T, name, want string) {
	t.Helper()
	if got := e.value(name); got != want {
		t.Errorf("%s is recorded as %s, want %s", name, got, want)
	}
}

// wantHeld asks for the pending proposal's changes, in the form "a: before -> after".
func (e *estate) wantHeld(t *testing.T, o *origin, want ...string) {
	t.Helper()
	var got []string
	if p := e.pending(o.id); p != nil {
		for _, c := range p.Changes {
			got = append(got, c.Property+": "+string(c.Before)+" -> "+string(c.After))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("held, -want +got:\n%s", diff)
	}
}

func (e *estate) wantStatus(t *testing.T, o *origin, want drift.Status) {
	t.Helper()
	if got := e.heads[o.id].Status; got != want {
		t.Errorf("the head is %s, want %s", got, want)
	}
}

func (e *estate) owns(o *origin, name string) bool {
	share := e.record.Declarer(o.id)
	return share != nil && share.DoesOwn(catalog.PropertyPointer(name))
}

func TestOneSource(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first, second []string // declared by two scans
		outcome       reconcile.Outcome
		value         string   // of "a" under auto-update
		held          []string // under human-approval
	}{
		"an equal property changes nothing":             {[]string{"a", `1`}, []string{"a", `1`}, reconcile.Unchanged, `1`, nil},
		"null equals absent":                            {[]string{"a", `1`, "b", ``}, []string{"a", `1`}, reconcile.Unchanged, `1`, nil},
		"a property that differs":                       {[]string{"a", `1`}, []string{"a", `2`}, reconcile.Updated, `2`, []string{"/properties/a: 1 -> 2"}},
		"a property that is new":                        {[]string{"b", `1`}, []string{"a", `2`, "b", `1`}, reconcile.Updated, `2`, []string{"/properties/a:  -> 2"}},
		"a property owned and gone":                     {[]string{"a", `1`, "b", `1`}, []string{"b", `1`}, reconcile.Updated, ``, []string{"/properties/a: 1 -> "}},
		"a nested value compares whole":                 {[]string{"a", `{"x":1}`}, []string{"a", `{"x":2}`}, reconcile.Updated, `{"x":2}`, []string{`/properties/a: {"x":1} -> {"x":2}`}},
		"several properties are one proposal, in order": {[]string{"a", `1`, "b", `1`}, []string{"a", `2`, "b", `2`}, reconcile.Updated, `2`, []string{"/properties/a: 1 -> 2", "/properties/b: 1 -> 2"}},
	} {
		t.Run(name+", under auto-update", func(t *testing.T) {
			t.Parallel()
			e, o := newEstate(), newOrigin("s", drift.AutoUpdate)
			e.want(t, reconcile.Created, e.scanned(t, o, absentLeftOut(c.first)...))
			e.want(t, c.outcome, e.scanned(t, o, c.second...))
			e.wantValue(t, "a", c.value)
			e.wantHeld(t, o)
			e.wantStatus(t, o, drift.Current)
		})
		t.Run(name+", under human-approval", func(t *testing.T) {
			t.Parallel()
			e, o := newEstate(), newOrigin("s", drift.HumanApproval)
			e.want(t, reconcile.Created, e.scanned(t, o, absentLeftOut(c.first)...))
			before := e.value("a")
			change := e.scanned(t, o, c.second...)
			e.wantValue(t, "a", before)
			e.wantHeld(t, o, c.held...)
			if c.held == nil {
				e.want(t, reconcile.Unchanged, change)
				return
			}
			e.want(t, reconcile.Proposed, change)
			e.wantStatus(t, o, drift.Drifted)
		})
	}
}

// absentLeftOut drops pairs with an empty value: a null is the nil value.
func absentLeftOut(pairs []string) []string {
	var kept []string
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			kept = append(kept, pairs[i], pairs[i+1])
		}
	}
	return kept
}

func TestLabelsAndStateAreProperties(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	o.declare()
	o.declared.State, o.declared.Labels = "active", map[string]string{"team": "web", "tier": "1"}
	e.want(t, reconcile.Created, e.scan(t, o, false))
	o.declare()
	o.declared.State, o.declared.Labels = "failed", map[string]string{"team": "data"}
	e.want(t, reconcile.Proposed, e.scan(t, o, false))
	e.wantHeld(t, o, `/labels/team: "web" -> "data"`, `/labels/tier: "1" -> `, `/state: "active" -> "failed"`)
}

func TestFactsAreAppliedUnderHumanApproval(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	e.scanned(t, o, "serial", `1`, "old", `1`)
	o.declare("serial", `2`)
	o.declared.Fact = true
	e.want(t, reconcile.Updated, e.scan(t, o, false))
	e.wantValue(t, "serial", `2`)
	e.wantValue(t, "old", ``)
	e.wantHeld(t, o)
}

func TestRelationshipsAreFacts(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	e.scanned(t, o, "a", `1`)
	o.declared.Relationships = []catalog.Relationship{{Type: "depends_on", To: catalog.Ref{Name: "prod/net"}}}
	o.declared.Identity.ARN = "arn:1"
	e.want(t, reconcile.Unchanged, e.scan(t, o, false))
	if got := e.record.Relationships(); len(got) != 1 || e.record.Declarers[0].Identity.ARN != "arn:1" {
		t.Errorf("recorded %v of %+v", got, e.record.Declarers[0])
	}
}

func TestTheSameDifferenceChangesNothing(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	e.scanned(t, o, "a", `1`)
	e.scanned(t, o, "a", `2`)
	proposal := e.heads[o.id].Proposal
	change := e.scan(t, o, true)
	e.want(t, reconcile.Drifted, change)
	if !change.Empty() || e.heads[o.id].Proposal != proposal {
		t.Errorf("the same difference wrote %+v", change)
	}
}

func TestANewerDifferenceSupersedes(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	e.scanned(t, o, "a", `1`)
	e.scanned(t, o, "a", `2`)
	older := e.heads[o.id].Proposal
	change := e.scanned(t, o, "a", `3`)
	e.want(t, reconcile.Proposed, change)
	e.wantHeld(t, o, "/properties/a: 1 -> 3")
	if change.Supersede != older || e.proposals[older].Status != drift.Superseded {
		t.Errorf("the older proposal is %s", e.proposals[older].Status)
	}
}

func TestNoDifferenceAnyMoreSupersedes(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	e.scanned(t, o, "a", `1`)
	older := e.scanned(t, o, "a", `2`).Open.ID
	e.want(t, reconcile.Unchanged, e.scanned(t, o, "a", `1`))
	e.wantHeld(t, o)
	e.wantStatus(t, o, drift.Current)
	if e.proposals[older].Status != drift.Superseded {
		t.Errorf("the older proposal is %s", e.proposals[older].Status)
	}
}

func TestASwitchToAutoUpdateApplies(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	e.scanned(t, o, "a", `1`, "b", `1`)
	e.scanned(t, o, "a", `2`, "b", `1`)
	mustDecide(t, e, o, drift.Rejected)
	e.scanned(t, o, "a", `2`, "b", `2`)
	waiting := e.heads[o.id].Proposal
	o.policy = drift.AutoUpdate
	e.want(t, reconcile.Updated, e.scan(t, o, false))
	e.wantValue(t, "a", `2`)
	e.wantValue(t, "b", `2`)
	e.wantStatus(t, o, drift.Current)
	if e.proposals[waiting].Status != drift.Superseded {
		t.Errorf("the proposal is %s", e.proposals[waiting].Status)
	}
}

func TestAProposalIDIsNeverUsedAgain(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	o.prune = true
	used := map[uuid.UUID]bool{}
	for range 3 {
		e.scanned(t, o, "a", `1`)
		e.gone(t, o)
		if p := e.pending(o.id); used[p.ID] || p.Action != drift.ActionDelete {
			t.Fatalf("proposal %+v", p)
		}
		used[e.heads[o.id].Proposal] = true
		mustDecide(t, e, o, drift.Approved)
		e.check(t)
	}
}

func mustDecide(t *testing.T, e *estate, o *origin, status drift.ProposalStatus) reconcile.Change {
	t.Helper()
	change, err := e.decide(t, o, status)
	if err != nil {
		t.Fatalf("decide: %v", err)
	}
	return change
}
