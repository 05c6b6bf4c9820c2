package reconcile_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
)

// deltaNow is the delta of what an origin declares and was not scanned yet.
func (e *estate) deltaNow(o *origin) reconcile.Delta { return reconcile.DeltaOf(e.caseOf(o)) }

// patches are the delta's, as texts: "replace /properties/a "w"".
func patches(t failer, d reconcile.Delta) []string {
	t.Helper()
	var texts []string
	for _, change := range d.Changes {
		for _, op := range reconcile.Patch(change) {
			texts = append(texts, op.Op+" "+op.Path+" "+unkeyed(op.Value))
		}
	}
	return texts
}

func TestDeltaComparesTwoDeclarations(t *testing.T) {
	t.Parallel()
	scanned := func(t *testing.T, e *estate, o *origin, pairs ...string) {
		t.Helper()
		o.declare(pairs...)
		e.scan(t, o, false)
	}
	decided := func(t *testing.T, e *estate, o *origin, status drift.ProposalStatus) {
		t.Helper()
		if _, err := e.decide(t, o, status); err != nil {
			t.Fatal(err)
		}
	}
	for name, tc := range map[string]struct {
		policy drift.Policy
		// play leads up to the declaration that is compared.
		play func(t *testing.T, e *estate, o *origin)
		kind drift.Delta
		want []string
	}{
		"a first declaration is added, without a patch": {drift.AutoUpdate, func(t *testing.T, e *estate, o *origin) {
			o.declare("a", `1`)
		}, drift.Added, nil},
		"one that another source made first is added all the same": {drift.AutoUpdate, func(t *testing.T, e *estate, o *origin) {
			scanned(t, e, newOrigin("other", drift.AutoUpdate), "a", `1`)
			o.declare("a", `2`)
		}, drift.Added, nil},
		"the same again is nothing": {drift.AutoUpdate, func(t *testing.T, e *estate, o *origin) {
			scanned(t, e, o, "a", `1`)
		}, "", nil},
		"what is gone is removed": {drift.AutoUpdate, func(t *testing.T, e *estate, o *origin) {
			scanned(t, e, o, "a", `1`)
			o.declared = nil
		}, drift.Removed, nil},
		"what was gone already is not removed twice": {drift.AutoUpdate, func(t *testing.T, e *estate, o *origin) {
			scanned(t, e, o, "a", `1`)
			o.declared = nil
			e.scan(t, o, false)
			o.prune = true
		}, "", nil},
		"what was missing is added": {drift.HumanApproval, func(t *testing.T, e *estate, o *origin) {
			scanned(t, e, o, "a", `1`)
			o.declared = nil
			e.scan(t, o, false)
			o.declare("a", `2`)
		}, drift.Added, nil},
		"what a person may delete is removed once and added again": {drift.HumanApproval, func(t *testing.T, e *estate, o *origin) {
			o.prune = true
			scanned(t, e, o, "a", `1`)
			o.declared = nil
			e.scan(t, o, false)
			o.declare("a", `1`)
		}, drift.Added, nil},
		"properties that changed, came and went": {drift.AutoUpdate, func(t *testing.T, e *estate, o *origin) {
			scanned(t, e, o, "a", `1`, "b", `1`, "same", `1`, "in", `{"x":1,"y":1}`)
			o.declare("a", `2`, "c", `1`, "same", `1`, "in", `{"x":2,"y":1}`)
		}, drift.Changed, []string{"replace /properties/a 2", "remove /properties/b ", "add /properties/c 1", "replace /properties/in/x 2"}},
		"behind a pending proposal only what the third upload changed": {drift.HumanApproval, func(t *testing.T, e *estate, o *origin) {
			scanned(t, e, o, "a", `1`, "b", `1`)
			scanned(t, e, o, "a", `2`, "b", `1`)
			o.declare("a", `2`, "b", `3`)
		}, drift.Changed, []string{"replace /properties/b 3"}},
		"back to what is recorded is a change, too": {drift.HumanApproval, func(t *testing.T, e *estate, o *origin) {
			scanned(t, e, o, "a", `1`)
			scanned(t, e, o, "a", `2`)
			o.declare("a", `1`)
		}, drift.Changed, []string{"replace /properties/a 1"}},
		"a pending removal that is taken back is an addition": {drift.HumanApproval, func(t *testing.T, e *estate, o *origin) {
			scanned(t, e, o, "a", `1`, "b", `1`)
			scanned(t, e, o, "b", `1`)
			o.declare("a", `1`, "b", `1`)
		}, drift.Changed, []string{"add /properties/a 1"}},
		"what was rejected and is declared still is nothing": {drift.HumanApproval, func(t *testing.T, e *estate, o *origin) {
			scanned(t, e, o, "a", `1`, "b", `1`)
			scanned(t, e, o, "a", `2`, "b", `1`)
			decided(t, e, o, drift.Rejected)
			o.declare("a", `2`, "b", `2`)
		}, drift.Changed, []string{"replace /properties/b 2"}},
		"what was rejected and is declared otherwise is replaced whole": {drift.HumanApproval, func(t *testing.T, e *estate, o *origin) {
			scanned(t, e, o, "a", `{"x":1,"y":1}`)
			scanned(t, e, o, "a", `{"x":2,"y":1}`)
			decided(t, e, o, drift.Rejected)
			o.declare("a", `{"x":1,"y":1}`)
		}, drift.Changed, []string{`replace /properties/a {"x":1,"y":1}`}},
		"a rejected removal that is taken back is an addition": {drift.HumanApproval, func(t *testing.T, e *estate, o *origin) {
			scanned(t, e, o, "a", `1`)
			scanned(t, e, o)
			decided(t, e, o, drift.Rejected)
			o.declare("a", `3`)
		}, drift.Changed, []string{"add /properties/a 3"}},
		"what was approved is what was declared": {drift.HumanApproval, func(t *testing.T, e *estate, o *origin) {
			scanned(t, e, o, "a", `1`)
			scanned(t, e, o, "a", `2`)
			decided(t, e, o, drift.Approved)
			o.declare("a", `3`)
		}, drift.Changed, []string{"replace /properties/a 3"}},
		"a switch of the policy is no change": {drift.HumanApproval, func(t *testing.T, e *estate, o *origin) {
			scanned(t, e, o, "a", `1`)
			scanned(t, e, o, "a", `2`)
			o.policy = drift.AutoUpdate
		}, "", nil},
		"a new key is no change": {drift.AutoUpdate, func(t *testing.T, e *estate, o *origin) {
			scanned(t, e, o, "pw", `"secret:one"`)
			o.key = "b"
		}, "", nil},
		"a new key hides no change": {drift.HumanApproval, func(t *testing.T, e *estate, o *origin) {
			scanned(t, e, o, "pw", `"secret:one"`)
			scanned(t, e, o, "pw", `"secret:two"`)
			o.key = "b"
			o.declare("pw", `"secret:one"`)
		}, drift.Changed, []string{"replace /properties/pw " + fmt.Sprintf("%x", `"secret:one"`)}},
		"what others declare is not compared": {drift.AutoUpdate, func(t *testing.T, e *estate, o *origin) {
			scanned(t, e, o, "a", `1`)
			scanned(t, e, newOrigin("other", drift.AutoUpdate), "b", `1`)
			o.declare("a", `1`, "b", `1`)
		}, drift.Changed, []string{"add /properties/b 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, o := newEstate(), newOrigin("source", tc.policy)
			tc.play(t, e, o)
			got := e.deltaNow(o)
			if got.Kind != tc.kind {
				t.Errorf("kind %q, want %q", got.Kind, tc.kind)
			}
			if diff := cmp.Diff(tc.want, patches(t, got)); diff != "" {
				t.Errorf("patch (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDeltaTellsOfRelationships(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("source", drift.HumanApproval)
	o.declare("a", `1`)
	e.scan(t, o, false)
	o.declared.Relationships = []catalog.Relationship{{Type: "depends_on", To: catalog.Ref{Name: "x"}}}
	if got := e.deltaNow(o); got.Kind != drift.Changed || !got.Relationships || len(got.Changes) > 0 {
		t.Errorf("delta %+v", got)
	}
}

func TestDeltaKeepsNothingOfAPlainValueThatOthersKeepSecret(t *testing.T) {
	t.Parallel()
	e, o, other := newEstate(), newOrigin("source", drift.HumanApproval), newOrigin("other", drift.HumanApproval)
	for _, each := range []*origin{o, other} {
		each.declare("pw", `"secret:one"`)
		e.scan(t, each, false)
	}
	o.declare("pw", `"plain"`)
	got := e.deltaNow(o)
	want := []drift.Change{{Property: "/properties/pw", Before: e.record.Entity.Properties["pw"], After: catalog.Secret("", ""),
		Secrets: map[string]drift.Secret{"/properties/pw": {Changed: true}}}}
	if diff := cmp.Diff(want, got.Changes); diff != "" || got.Kind != drift.Changed {
		t.Errorf("%s: (-want +got):\n%s", got.Kind, diff)
	}
	e.scan(t, o, false)
	o.declare("pw", `"another plain"`)
	if got := e.deltaNow(o); got.Kind != "" {
		t.Errorf("of two values of which nothing is kept: %+v", got)
	}
}
