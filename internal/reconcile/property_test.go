package reconcile_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
)

func TestRandomHistoriesKeepEveryInvariant(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := newEstate()
		origins := drawOrigins(t)
		steps := rapid.IntRange(1, 25).Draw(t, "steps")
		for range steps {
			e.step(t, origins)
			e.check(t)
		}
		e.settles(t, origins)
	})
}

func drawOrigins(t *rapid.T) []*origin {
	var origins []*origin
	for i := range rapid.IntRange(1, 3).Draw(t, "sources") {
		o := newOrigin(fmt.Sprint("source ", i), drawPolicy(t))
		o.prune = rapid.Bool().Draw(t, "prune")
		origins = append(origins, o)
	}
	return origins
}

func drawPolicy(t *rapid.T) drift.Policy {
	return rapid.SampledFrom([]drift.Policy{drift.AutoUpdate, drift.HumanApproval}).Draw(t, "policy")
}

var isEmpty = map[string]bool{`null`: true, `{"y":null}`: true, `{}`: true, `""`: true, `[]`: true, `{"y":""}`: true}

// alikes are values of which some are alike.
var alikes = []string{`null`, `{"y":null}`, `{}`, `""`, `[]`, `{"y":""}`, `"{\"a\":1,\"b\":2}"`, `"{ \"b\":2, \"a\":1.0 }"`, `"{\"a\":1}"`}

func drawDeclaration(t *rapid.T, o *origin, more ...string) {
	o.declare()
	values := append([]string{"", `"v"`, `"w"`, `{"x":1}`, `"secret:one"`, `"secret:two"`}, more...)
	for _, name := range []string{"a", "b", "pw"} {
		value := rapid.SampledFrom(values).Draw(t, name)
		if value != "" {
			o.declared.Properties[name] = catalog.Value(value)
		}
	}
	o.declared.State = rapid.SampledFrom([]string{"", "active"}).Draw(t, "state")
	o.declared.Fact = rapid.IntRange(0, 9).Draw(t, "fact") == 0
}

// step is one thing that happens to a source, and the scan that follows.
func (e *estate) step(t *rapid.T, origins []*origin) {
	o := origins[rapid.IntRange(0, len(origins)-1).Draw(t, "source")]
	switch rapid.IntRange(0, 9).Draw(t, "step") {
	case 0:
		o.declared = nil
	case 1:
		o.policy = drawPolicy(t)
	case 2:
		o.prune = !o.prune
	case 3:
		for _, each := range origins {
			each.key += "'" // one key writes for all
		}
	case 4, 5:
		if e.pending(o.id) != nil {
			e.review(t, o)
			return
		}
	case 6: // what two sources hold alike is compared by the first of them to stand alone, once it is looked at
		o.literal = len(origins) == 1 && rapid.Bool().Draw(t, "literal")
	default:
		drawDeclaration(t, o, alikes...)
	}
	e.scanChecked(t, o)
}

func (e *estate) review(t *rapid.T, o *origin) {
	status := rapid.SampledFrom([]drift.ProposalStatus{drift.Approved, drift.Rejected}).Draw(t, "decision")
	before := visible(e.record)
	if _, err := e.decide(t, o, status); err != nil {
		e.scan(t, o, true)
		if e.pending(o.id) == nil {
			return
		}
		if _, err = e.decide(t, o, status); err != nil {
			t.Fatalf("stale again after a full scan: %v", err)
		}
	}
	if status == drift.Rejected && !cmp.Equal(before, visible(e.record)) {
		t.Fatalf("a rejection changed the entity: %s", cmp.Diff(before, visible(e.record)))
	}
}

// scanChecked scans, and holds the change against what the policy allows.
func (e *estate) scanChecked(t *rapid.T, o *origin) {
	c := e.caseOf(o)
	before, scanned := visible(e.record), o.scanned
	var owned []string
	if e.record != nil && e.record.Declarer(o.id) != nil {
		owned = slices.Clone(e.record.Declarer(o.id).Owns)
	}
	e.scan(t, o, rapid.Bool().Draw(t, "full"))
	after := visible(e.record)
	if c.Record == nil || e.record == nil && o.prune {
		return
	}
	for name := range union(before, after) {
		was, is := before[name], after[name]
		key := catalog.SecretKeyID(was)
		lost := key != o.key && key != scanned && c.Head.Proposal == uuid.Nil && c.Head.Rejected[name] == ""
		if unkeyed(was) == unkeyed(is) || lost && slices.Contains(owned, name) && catalog.HasSecret(was) && catalog.HasSecret(is) {
			continue
		}
		if declared := c.Declared != nil && c.Declared.Entity.At(name) != nil; !declared && !slices.Contains(owned, name) {
			t.Fatalf("%s is neither owned nor declared, and changed from %s to %s", name, was, is)
		}
		if none := was == nil || catalog.IsNull(was); none && isEmpty[string(is)] || isEmpty[string(was)] && catalog.IsNull(is) {
			continue // as good as absent
		}
		fact := c.Declared != nil && c.Declared.Entity.Fact
		if turned := !catalog.HasSecret(was) && catalog.HasSecret(is); o.policy == drift.HumanApproval && !fact && !turned {
			t.Fatalf("%s changed from %s to %s without approval", name, was, is)
		}
	}
}

// check holds the invariants of what is stored.
func (e *estate) check(t failer) {
	pending := map[uuid.UUID]int{}
	for id, p := range e.proposals {
		if p.Status == drift.Pending {
			pending[p.SourceID]++
			if e.heads[p.SourceID].Proposal != id {
				t.Fatalf("proposal %s is pending and no head has it", id)
			}
		}
	}
	for source, head := range e.heads {
		open := head.Proposal != uuid.Nil
		if pending[source] > 1 || open != (pending[source] == 1) {
			t.Fatalf("%d pending proposals of a head with %s", pending[source], head.Proposal)
		}
		if drifted := open || len(head.Rejected) > 0; head.Status != drift.Missing && drifted != (head.Status == drift.Drifted) {
			t.Fatalf("head %+v is not %s", head, head.Status)
		}
		if e.record != nil && e.record.Declarer(source) == nil {
			t.Fatalf("head %+v without a share", head)
		}
	}
	if e.record == nil {
		if len(e.heads) > 0 {
			t.Fatalf("heads of an entity that is gone: %+v", e.heads)
		}
		return
	}
	for _, d := range e.record.Declarers {
		if _, found := e.heads[d.Source]; !found {
			t.Fatalf("share %+v without a head", d)
		}
		for _, name := range d.Owns {
			if e.record.Entity.At(name) == nil {
				t.Fatalf("%s is owned and not recorded: %+v", name, e.record)
			}
		}
	}
}

// settles scans every source until nothing changes, which takes two rounds.
func (e *estate) settles(t *rapid.T, origins []*origin) {
	for range 2 {
		for _, o := range origins {
			e.scan(t, o, true)
			e.check(t)
		}
	}
	for _, o := range origins {
		if c := e.caseOf(o); c.Declared != nil || c.Head.Revision > 0 {
			change := reconcile.Entity(c)
			if !change.Empty() {
				t.Fatalf("a third round still changes: %+v\nheld %s\nof record %+v\ndeclared %+v", change, shownIn(change), c.Record, c.Declared)
			}
			if e.record != nil && change.Status != e.status() {
				t.Fatalf("status %s, the worst of the heads is %s", change.Status, e.status())
			}
		}
	}
}

func (e *estate) status() drift.Status {
	var statuses []drift.Status
	for _, head := range e.heads {
		statuses = append(statuses, head.Status)
	}
	return drift.Worst(statuses...)
}

func TestAChangeSaysTheStatusOverAllHeads(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := newEstate()
		origins := drawOrigins(t)
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			o := rapid.SampledFrom(origins).Draw(t, "source")
			drawDeclaration(t, o)
			if change := e.scan(t, o, true); change.Status != e.status() && !change.Empty() {
				t.Fatalf("status %s, the worst of the heads is %s", change.Status, e.status())
			}
		}
	})
}

func TestTheSameCaseGivesTheSameChange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := newEstate()
		origins := drawOrigins(t)
		for range rapid.IntRange(1, 10).Draw(t, "steps") {
			e.step(t, origins)
		}
		o := rapid.SampledFrom(origins).Draw(t, "source")
		drawDeclaration(t, o)
		c := e.caseOf(o)
		want := reconcile.Entity(c)
		again := e.caseOf(o)
		turned := map[string]catalog.Value{}
		names := slices.Sorted(maps.Keys(again.Declared.Entity.Properties))
		slices.Reverse(names)
		for _, name := range names {
			turned[name] = again.Declared.Entity.Properties[name]
		}
		again.Declared.Entity.Properties = turned
		if got := reconcile.Entity(again); !reflect.DeepEqual(want, got) {
			t.Fatalf("-want +got:\n%s", cmp.Diff(want, got))
		}
		if !reflect.DeepEqual(c, e.caseOf(o)) {
			t.Fatalf("the case was changed: %s", cmp.Diff(e.caseOf(o), c))
		}
	})
}

// visible are the recorded properties.
func visible(r *catalog.Record) map[string]catalog.Value {
	if r == nil {
		return nil
	}
	return r.Entity.Pointers()
}

func union(a, b map[string]catalog.Value) map[string]bool {
	names := map[string]bool{}
	for name := range a {
		names[name] = true
	}
	for name := range b {
		names[name] = true
	}
	return names
}
