package deployment_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"plumbline/internal/deployment"
)

// drawRows draws components and states of few names and places, so that they meet in
// every way.
func drawRows(t *rapid.T) (components, states) {
	names := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"dev/a", "dev/b", "dev/c", "prod/a", "prod/b"}), 0, 5, rapid.ID[string])
	short := rapid.SampledFrom([]string{"a", "b", "dev", "prod", ""})
	var declared components
	for _, name := range names.Draw(t, "components") {
		declared = append(declared, component(name,
			keyPrefix(short.Draw(t, "prefix")), workspace(rapid.SampledFrom([]string{"dev", "prod", "default"}).Draw(t, "workspace")),
			key(rapid.SampledFrom([]string{"terraform.tfstate", "a/terraform.tfstate"}).Draw(t, "key")),
			func(c *deployment.Component) {
				c.Enabled, c.Abstract = rapid.Bool().Draw(t, "enabled"), rapid.Bool().Draw(t, "abstract")
			}))
	}
	var deployed states
	for _, name := range names.Draw(t, "states") {
		at := fmt.Sprintf("%s/%s/terraform.tfstate", short.Draw(t, "first"), rapid.SampledFrom([]string{"dev", "prod", "a"}).Draw(t, "second"))
		if at[0] == '/' {
			at = at[1:]
		}
		deployed = append(deployed, holding(rapid.IntRange(-1, 1).Draw(t, "resources"), state(name, at)))
	}
	return declared, deployed
}

func TestTheOrderOfTheRowsIsIrrelevant(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		declared, deployed := drawRows(t)
		findings, totals := deployment.Compare(declared, deployed)
		again, same := deployment.Compare(rapid.Permutation(declared).Draw(t, "shuffled"), rapid.Permutation(deployed).Draw(t, "shuffled"))
		if diff := cmp.Diff(rendered(findings), rendered(again)); diff != "" || totals != same {
			t.Fatalf("findings (-first +again):\n%s%+v, %+v", diff, totals, same)
		}
	})
}

func TestFindingsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		declared, deployed := drawRows(t)
		findings, totals := deployment.Compare(declared, deployed)
		ofState, ofComponent := map[string]string{}, map[string]string{}
		seen := map[string]bool{}
		for i, f := range findings {
			if i > 0 && findings[i-1].Compare(&f) >= 0 {
				t.Fatalf("not sorted: %s before %s", findings[i-1].Name(), f.Name())
			}
			seen[f.Name()+string(f.Kind)] = true
			if f.Component == nil || f.State == nil {
				continue
			}
			if other, met := ofState[f.State.Name]; met && other != f.Component.Name {
				t.Fatalf("state %s is of %s and of %s", f.State.Name, other, f.Component.Name)
			}
			if other, met := ofComponent[f.Component.Name]; met && other != f.State.Name {
				t.Fatalf("component %s has %s and %s", f.Component.Name, other, f.State.Name)
			}
			ofState[f.State.Name], ofComponent[f.Component.Name] = f.Component.Name, f.State.Name
			if misplaced := f.Component.ExpectedURI() != f.State.URI; f.Kind == deployment.Mismatch && !misplaced {
				t.Fatalf("mismatch of %s, which lies where it should", f.State.URI)
			}
		}
		if len(seen) != totals.NotDeployed+totals.NotDeclared+totals.DisabledDeployed+totals.Mismatch {
			t.Fatalf("%d findings, totals %+v", len(seen), totals)
		}
		if totals.Joined > min(len(declared), len(deployed)) {
			t.Fatalf("%d joined of %d and %d", totals.Joined, len(declared), len(deployed))
		}
	})
}

// TestAStateThatLiesElsewhereIsAMismatch: the uris differ exactly where a part does.
func TestAStateThatLiesElsewhereIsAMismatch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		declared, deployed := drawRows(t)
		if len(declared) == 0 || len(deployed) == 0 {
			return
		}
		c, s := declared[0], deployed[0]
		c.Enabled, c.Abstract, s.Name, s.Resources = true, false, c.Name, 1
		findings, _ := deployment.Compare(components{c}, states{s})
		if same := c.ExpectedURI() == s.URI; same != (len(findings) == 0) {
			t.Fatalf("expected at %s, lies at %s: %v", c.ExpectedURI(), s.URI, rendered(findings))
		}
	})
}
