package reconcile_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
)

func TestASecretCountsByItsOwnPath(t *testing.T) {
	t.Parallel()
	const with = `{"A":%d,"DB":{"PASSWORD":{"$sensitive":"a:%s"}},"list":[{"$sensitive":"a:%s"},%d]}`
	for name, c := range map[string]struct {
		next  string
		count map[string]int
		patch []string
	}{
		"a plain neighbour changes": {fmt.Sprintf(with, 2, "p1", "l1", 1), nil, []string{"replace /properties/vars/A 2"}},
		"a secret changes": {fmt.Sprintf(with, 1, "p2", "l1", 1), map[string]int{"/properties/vars/DB/PASSWORD": 1},
			[]string{`replace /properties/vars/DB/PASSWORD {"$sensitive":"a:p2"}`}},
		"one of two secrets, and a neighbour": {fmt.Sprintf(with, 1, "p1", "l2", 2), map[string]int{"/properties/vars/list/0": 1},
			[]string{`replace /properties/vars/list/0 {"$sensitive":"a:l2"}`, "replace /properties/vars/list/1 2"}},
		"a secret is taken out": {`{"A":1,"list":[{"$sensitive":"a:l1"},1]}`, map[string]int{"/properties/vars/DB/PASSWORD": 1},
			[]string{"remove /properties/vars/DB null"}},
		"a secret is new": {`{"A":1,"DB":{"PASSWORD":{"$sensitive":"a:p1"},"TOKEN":{"$sensitive":"a:t"}},"list":[{"$sensitive":"a:l1"},1]}`, nil,
			[]string{`add /properties/vars/DB/TOKEN {"$sensitive":"a:t"}`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachPolicy(t, func(t *testing.T, policy drift.Policy) {
				e, o := newEstate(), newOrigin("s", policy)
				e.scanned(t, o, "vars", fmt.Sprintf(with, 1, "p1", "l1", 1))
				change := e.scanned(t, o, "vars", c.next)
				changes := change.Applied
				if policy == drift.HumanApproval {
					changes = change.Open.Changes
					mustDecide(t, e, o, drift.Approved)
				}
				var patch []string
				for _, op := range reconcile.Patch(changes[0]) {
					patch = append(patch, fmt.Sprintf("%s %s %s", op.Op, op.Path, op.Value))
				}
				if diff := cmp.Diff(c.patch, patch); diff != "" {
					t.Errorf("patch (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(c.count, e.record.SecretChanges); diff != "" {
					t.Errorf("counts (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// The nested secret is declared under another key, as readers do: with what it is under
// the key that the document was last scanned with.
func TestANestedSecretIsTheSameUnderAnotherKey(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	e.scanned(t, o, "vars", `{"A":1,"PW":{"$sensitive":"a:one"}}`)
	c := e.caseOf(o)
	c.Declared.Entity.Properties["vars"] = []byte(`{"A":2,"PW":{"$sensitive":"b:other"}}`)
	c.Declared.Alternate = map[string]catalog.Value{"/properties/vars": []byte(`{"A":2,"PW":{"$sensitive":"a:one"}}`)}
	c.Declared.Digest[0]++
	change := reconcile.Entity(c)
	want := map[string]drift.Secret{"/properties/vars/PW": {}}
	if diff := cmp.Diff(want, change.Open.Changes[0].Secrets); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
	if ops := reconcile.Patch(change.Open.Changes[0]); len(ops) != 1 || ops[0].Path != "/properties/vars/A" {
		t.Errorf("patch %+v", ops)
	}
}
