package reconcile_test

import (
	"testing"

	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
)

// likeness has pairs of values: whether they are alike, and whether they are literally.
var likeness = map[string]struct {
	a, b  string // "" is absent
	alike bool
}{
	"absent and an empty object":                    {``, `{}`, true},
	"absent and an empty list":                      {``, `[]`, true},
	"absent and an empty text":                      {``, `""`, true},
	"absent and a null":                             {``, `null`, true},
	"a null and an empty object":                    {`null`, `{}`, true},
	"a null member and none":                        {`{"a":1,"b":[{"c":null}]}`, `{"a":1,"b":[{}]}`, true},
	"a null member and an empty one":                {`{"a":null}`, `{"a":[]}`, true},
	"a null and a text":                             {`null`, `"null"`, false},
	"an empty list and an empty object":             {`[]`, `{}`, true},
	"an empty member and none":                      {`{"a":1,"b":""}`, `{"a":1}`, true},
	"empty all the way down":                        {`{"a":{"b":[]}}`, `{}`, true},
	"an empty element and a null":                   {`[""]`, `[null]`, true},
	"a list of one empty and an empty list":         {`[""]`, `[]`, false},
	"a number and nothing":                          {`0`, ``, false},
	"false and nothing":                             {`false`, ``, false},
	"a text and an empty one":                       {`"x"`, `""`, false},
	"a filled object and an empty one":              {`{"a":"b"}`, `{}`, false},
	"JSON text in another layout":                   {`"{\"a\":1,\"b\":[1,2]}"`, `"{\n  \"b\": [1, 2],\n  \"a\": 1\n}\n"`, true},
	"JSON text with numbers written otherwise":      {`"[1,10]"`, `"[1.0,1e1]"`, true},
	"JSON text in JSON text":                        {`"{\"p\":\"{\\\"a\\\":1,\\\"b\\\":2}\"}"`, `"{\"p\": \"{ \\\"b\\\":2, \\\"a\\\":1 }\"}"`, true},
	"JSON text deep inside":                         {`{"x":["{\"a\":1,\"b\":2}"]}`, `{"x":["{\"b\":2,\"a\":1}"]}`, true},
	"JSON text with another value":                  {`"{\"a\":1}"`, `"{\"a\":2}"`, false},
	"JSON text with a null member and without":      {`"{\"a\":null}"`, `"{}"`, false},
	"JSON text with elements in another order":      {`"[1,2]"`, `"[2,1]"`, false},
	"JSON text and the value that it says":          {`"{\"a\":1}"`, `{"a":1}`, false},
	"JSON text with a name twice is only text":      {`"{\"a\":1,\"a\":1}"`, `"{\"a\":1, \"a\":1}"`, false},
	"texts that begin like JSON":                    {`"{a"`, `"{ a"`, false},
	"a number as text, written otherwise":           {`"1"`, `"1.0"`, false},
	"texts that differ in the space at their ends":  {`"a"`, `"a "`, false},
	"a secret and nothing":                          {`{"$sensitive":"a:1"}`, ``, false},
	"a secret beside an empty member, and one less": {`{"a":{"$sensitive":"a:1"},"b":[]}`, `{"a":{"$sensitive":"a:1"}}`, true},
}

func TestValuesThatAreAlikeAreNoDifference(t *testing.T) {
	t.Parallel()
	for name, c := range likeness {
		for way, pair := range map[string][2]string{"there": {c.a, c.b}, "and back": {c.b, c.a}} {
			t.Run(name+", "+way, func(t *testing.T) {
				t.Parallel()
				eachPolicy(t, func(t *testing.T, policy drift.Policy) {
					e, o := newEstate(), newOrigin("s", policy)
					e.scanned(t, o, absentLeftOut([]string{"k", `1`, "a", pair[0]})...)
					change := e.scanned(t, o, absentLeftOut([]string{"k", `1`, "a", pair[1]})...)
					if got := change.Outcome == reconcile.Unchanged; got != c.alike {
						t.Errorf("from %s to %s: %s", pair[0], pair[1], change.Outcome)
					}
					if c.alike && (len(change.Applied) > 0 || change.Open != nil || e.heads[o.id].Status != drift.Current) {
						t.Errorf("from %s to %s: %s", pair[0], pair[1], shownIn(change))
					}
					e.check(t)
				})
			})
		}
	}
}

func TestALiteralSourceSeesEveryDifference(t *testing.T) {
	t.Parallel()
	for name, c := range likeness {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, o := newEstate(), newOrigin("s", drift.HumanApproval)
			o.literal = true
			e.scanned(t, o, absentLeftOut([]string{"k", `1`, "a", c.a})...)
			e.want(t, reconcile.Proposed, e.scanned(t, o, absentLeftOut([]string{"k", `1`, "a", c.b})...))
		})
	}
}

func TestAnUploadThatIsAlikeTellsNoChange(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	e.scanned(t, o, "a", `"{\"a\":1,\"b\":2}"`, "b", `{}`)
	o.declare("a", `"{\"b\":2, \"a\":1}"`, "b", `[]`)
	if got := e.deltaNow(o); got.Kind != "" || len(got.Changes) > 0 {
		t.Errorf("delta %+v", got)
	}
}

func TestWhatIsAlikeToARejectedValueStaysRejected(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	e.scanned(t, o, "a", `"x"`, "b", `"{\"a\":1,\"b\":2}"`)
	e.scanned(t, o, "a", `""`, "b", `"{\"a\":3,\"b\":2}"`)
	mustDecide(t, e, o, drift.Rejected)
	e.want(t, reconcile.Drifted, e.scanned(t, o, "b", `"{\"b\":2, \"a\":3}"`))
	e.wantHeld(t, o)
	e.want(t, reconcile.Proposed, e.scanned(t, o, "a", `"y"`, "b", `"{\"b\":2, \"a\":3}"`))
	e.wantHeld(t, o, `/properties/a: "x" -> "y"`)
}

func TestAProposalStandsWhileWhatIsDeclaredIsAlike(t *testing.T) {
	t.Parallel()
	e, o := newEstate(), newOrigin("s", drift.HumanApproval)
	e.scanned(t, o, "a", `"{\"a\":1,\"b\":2}"`)
	first := e.scanned(t, o, "a", `"{\"a\":3,\"b\":2}"`).Open.ID
	e.want(t, reconcile.Drifted, e.scanned(t, o, "a", `"{\"b\":2, \"a\":3}"`))
	if p := e.pending(o.id); p == nil || p.ID != first {
		t.Errorf("the pending proposal is %+v, not %s", p, first)
	}
	mustDecide(t, e, o, drift.Approved)
	e.wantStatus(t, o, drift.Current)
}

func TestTwoSourcesThatAreAlikeAreNotAtOdds(t *testing.T) {
	t.Parallel()
	eachPolicy(t, func(t *testing.T, policy drift.Policy) {
		e, one, two := newEstate(), newOrigin("one", policy), newOrigin("two", policy)
		one.literal, two.literal = true, true
		e.scanned(t, one, "a", `"{\"a\":1,\"b\":2}"`, "b", `{}`)
		e.want(t, reconcile.Unchanged, e.scanned(t, two, "a", `"{\"b\":2, \"a\":1}"`, "b", `""`))
		e.want(t, reconcile.Unchanged, e.scan(t, one, true))
		e.scanned(t, two, "a", `"{\"b\":2, \"a\":1}"`, "b", `"x"`)
		if p := e.pending(two.id); p == nil || !p.Conflict() || string(p.Changes[0].Conflict[0].Value) != `{}` {
			t.Errorf("the proposal is %+v, want one at odds with {}", p)
		}
	})
}

func TestAProviderWithoutNamespaceIsThatOfHashicorp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		was, is string
		alike   bool
	}{
		"a namespace that is written by now": {"aws", "hashicorp/aws", true},
		"one that is not":                    {"module.m.hashicorp/aws.west", "module.m.aws.west", true},
		"another namespace":                  {"datadog", "datadog/datadog", false},
		"another provider":                   {"aws", "hashicorp/awscc", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, o := newEstate(), newOrigin("s", drift.HumanApproval)
			o.declare("a", `1`)
			o.declared.Labels = map[string]string{"provider": c.was}
			e.scan(t, o, false)
			o.declare("a", `1`)
			o.declared.Labels = map[string]string{"provider": c.is}
			if got := e.scan(t, o, false).Outcome == reconcile.Unchanged; got != c.alike {
				t.Errorf("from %s to %s: alike is %v", c.was, c.is, got)
			}
		})
	}
}
