package httpapi

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
)

func TestValuesShowNoSecret(t *testing.T) {
	t.Parallel()
	secret := string(catalog.Secret("k1", "c2VjcmV0"))
	for name, c := range map[string]struct{ value, want string }{
		"absent is null":                    {"", `null`},
		"a plain value is itself":           {`{"a":[1,"x"]}`, `{"a":[1,"x"]}`},
		"a whole secret":                    {secret, `{"sensitive":true,"changes":3}`},
		"a secret inside, and another":      {`{"a":` + secret + `,"b":[` + secret + `,1]}`, `{"a":{"sensitive":true,"changes":3},"b":[{"sensitive":true,"changes":3},1]}`},
		"a text that looks like a secret":   {`"{\"$sensitive\":\"x\"}"`, `"{\"$sensitive\":\"x\"}"`},
		"a number keeps all of its digits":  {`12345678901234567890.5`, `12345678901234567890.5`},
		"a long value shows its length":     {`"` + strings.Repeat("x", maxValue) + `"`, `{"truncated":true,"bytes":262146}`},
		"a long secret value, its length":   {`["` + strings.Repeat("x", maxValue) + `",` + secret + `]`, `{"truncated":true,"bytes":262177}`},
		"a secret as the last of an object": {`{"z":` + secret + `}`, `{"z":{"sensitive":true,"changes":3}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var value catalog.Value
			if c.value != "" {
				value = catalog.Value(c.value)
			}
			if diff := cmp.Diff(c.want, string(newValues().render("/properties/x", value, func(string) int { return 3 }))); diff != "" {
				t.Errorf("rendered (-want +got):\n%s", diff)
			}
		})
	}
}

func TestValuesOfOneThingShareTheirBytes(t *testing.T) {
	t.Parallel()
	shown := newValues()
	value := catalog.Value(`"` + strings.Repeat("x", maxValue-2) + `"`)
	truncated := 0
	for range 2 * maxValues / maxValue {
		if strings.HasPrefix(string(shown.render("/properties/x", value, noChanges)), `{"truncated"`) {
			truncated++
		}
	}
	if want := maxValues / maxValue; truncated != want {
		t.Errorf("%d of them are truncated, want %d", truncated, want)
	}
}

func TestAProposalNeverHoldsASecret(t *testing.T) {
	t.Parallel()
	secret := catalog.Secret("k1", "c2VjcmV0")
	inside := catalog.Value(`{"a":1,"b":` + string(secret) + `}`)
	p := drift.Proposal{Action: drift.ActionUpdate, Status: drift.Pending}
	for _, before := range []catalog.Value{nil, secret, inside, catalog.Value(`{"a":1}`)} {
		for _, after := range []catalog.Value{nil, secret, inside, catalog.Value(`{"a":2}`)} {
			p.Changes = append(p.Changes, drift.Change{Property: "/properties/x", Before: before, After: after, Secrets: map[string]drift.Secret{"/properties/x": {Changes: 2, Changed: true}},
				Conflict: []drift.Claim{{Value: secret}, {Value: inside}, {}}})
		}
	}
	body, err := encode(importSources.proposal(p))
	if err != nil {
		t.Fatal(err)
	}
	if text := string(body); strings.Contains(text, catalog.SecretMember) || strings.Contains(text, "c2VjcmV0") {
		t.Errorf("the proposal holds a secret: %s", text)
	}
	if want := `"before":{"sensitive":true,"changes":2},"after":{"sensitive":true,"changes":3}`; !strings.Contains(string(body), want) {
		t.Errorf("the proposal does not tell how often the secret changed: no %s in %s", want, body)
	}
}
