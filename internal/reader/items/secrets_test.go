package items_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/catalog"
	"plumbline/internal/reader/items"
)

// planted stands in a place that is secret by name and in others that are not.
const planted = "correct-horse-battery"

const secretItems = `[
  {"kind":"Entity","entityType":"app","name":"early","properties":{"url":"postgres://u:` + planted + `@db/x","port":5432},"labels":{"note":"` + planted + `","team":"core"}},
  {"kind":"Entity","entityType":"app","name":"late","properties":{"db":{"password":"` + planted + `","user":"u"},"token_ttl":60}},
  {"kind":"Entity","entityType":"app","name":"labelled","labels":{"api_token":"a-label-that-is-secret"}},
  {"kind":"Relationship","relationshipType":"uses","from":"a","to":"b","properties":{"client_secret":"` + planted + `"}},
  {"kind":"EntityType","name":"app","states":[],"initialState":"active","properties":[
    {"name":"user","type":"string","default":"admin"},{"name":"password","type":"string","default":"a-default-that-is-secret"}]},
  {"kind":"Cell","name":"eu","credentials":{"token":"` + planted + `"}}
]`

func TestSecretsAreRedactedWhereverTheyStand(t *testing.T) {
	t.Parallel()
	set, problems := parse(t, secretItems)
	if problems != nil {
		t.Fatal(problems)
	}
	everything := dump(set)
	for _, secret := range []string{planted, "a-label-that-is-secret", "a-default-that-is-secret"} {
		if strings.Contains(everything, secret) {
			t.Errorf("%s is told in:\n%s", secret, everything)
		}
	}
	early := set.Entities[0].Entity
	if !catalog.IsSecret(early.Properties["url"]) || string(early.Properties["port"]) != "5432" {
		t.Errorf("properties: %s", early.Properties)
	}
	if !strings.HasPrefix(early.Labels["note"], `{"$sensitive":"new:`) || early.Labels["team"] != "core" {
		t.Errorf("labels: %v", early.Labels)
	}
	late := set.Entities[1].Entity.Properties
	if !catalog.HasSecret(late["db"]) || !strings.Contains(string(late["db"]), `"user":"u"`) || string(late["token_ttl"]) != "60" {
		t.Errorf("properties: %s", late)
	}
	app, err := set.Schemas[0].EntityType()
	if err != nil || string(app.Properties[0].Default) != `"admin"` || !catalog.IsSecret(app.Properties[1].Default) {
		t.Errorf("entity type: %v, %v", app, err)
	}
}

func TestSecretsThatTheirSurroundingsTell(t *testing.T) {
	t.Parallel()
	for name, properties := range map[string]string{
		"a pair":                    `{"env":[{"name":"DB_PASSWORD","value":"` + planted + `"}]}`,
		"a pair, its value first":   `{"env":[{"value":"` + planted + `","key":"db.password"}]}`,
		"JSON text":                 `{"settings":"{\"db\":{\"password\":\"` + planted + `\"}}"}`,
		"JSON text that has a pair": `{"settings":" [{\"value\":\"` + planted + `\",\"name\":\"API_TOKEN\"}]"}`,
		"properties that are one":   `{"name":"api-token","value":"` + planted + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set, problems := parse(t, `[
			  {"kind":"Entity","entityType":"a","name":"copy","properties":{"url":"https://u:`+planted+`@h"},"labels":{"note":"`+planted+`"}},
			  {"kind":"Entity","entityType":"a","name":"x","labels":{"config":"{\"token\":\"short\"}"},"properties":`+properties+`}]`)
			if problems != nil {
				t.Fatal(problems)
			}
			for _, secret := range []string{planted, "short"} {
				if everything := dump(set); strings.Contains(everything, secret) {
					t.Errorf("%s is told in:\n%s", secret, everything)
				}
			}
		})
	}
}

// dump shows all that a set holds, values as text.
func dump(set items.Set) string {
	var b strings.Builder
	for _, s := range set.Schemas {
		fmt.Fprintf(&b, "%s %s\n", s, s.Body)
	}
	content := func(properties map[string]catalog.Value, labels map[string]string) {
		for _, name := range slices.Sorted(maps.Keys(properties)) {
			fmt.Fprintf(&b, "  %s: %s\n", name, properties[name])
		}
		fmt.Fprintln(&b, " ", labels)
	}
	for _, d := range set.Entities {
		fmt.Fprintln(&b, d.Entity.Type, d.Entity.Name, d.Entity.State)
		content(d.Entity.Properties, d.Entity.Labels)
		content(d.Alternate, nil)
	}
	for _, r := range set.Relationships {
		fmt.Fprintln(&b, r.Name(), r.State)
		content(r.Properties, r.Labels)
	}
	return b.String()
}

func TestSecretsWhereNothingCanStandForThem(t *testing.T) {
	t.Parallel()
	// The first item gives the secret away, though it is invalid itself.
	source := `{"kind":"Secret","name":"db","value":"` + planted + `"}`
	told := "items[0].value: must not be sent: a secret's value is set apart from its declaration"
	for name, c := range map[string]struct{ item, want string }{
		"an entity's name":          {`{"kind":"Entity","entityType":"a","name":"x-` + planted + `"}`, "items[1].name: must not hold a secret"},
		"an entity's type":          {`{"kind":"Entity","entityType":"` + planted + `","name":"x"}`, "items[1].entityType: must not hold a secret"},
		"an entity's state":         {`{"kind":"Entity","entityType":"a","name":"x","state":"` + planted + `"}`, "items[1].state: must not hold a secret"},
		"a property's name":         {`{"kind":"Entity","entityType":"a","name":"x","properties":{"` + planted + `":1}}`, "items[1].properties: must not have a secret in the name of a member"},
		"a label's name":            {`{"kind":"Entity","entityType":"a","name":"x","labels":{"` + planted + `":"1"}}`, "items[1].labels: must not have a secret in the name of a member"},
		"a relationship's end":      {`{"kind":"Relationship","relationshipType":"a","from":"x","to":"` + planted + `"}`, "items[1].to: must not hold a secret"},
		"a description":             {`{"kind":"EntityType","name":"a","states":[],"initialState":"active","displayName":"` + planted + `"}`, "items[1].displayName: must not hold a secret"},
		"the path of a problem":     {`{"kind":"Entity","entityType":"a","name":"x","` + planted + `":1}`, "items[1]: is not a known field"},
		"a cut path of a problem":   {`{"kind":"Entity","entityType":"a","name":"x","` + strings.Repeat("x", 50) + planted + `":1}`, "items[1]: is not a known field"},
		"an enum of a secret":       {`{"kind":"EntityType","name":"a","states":[],"initialState":"active","properties":[{"name":"password","type":"string","enum":["q"]}]}`, "items[1].properties[0].enum[0]: must not hold a secret"},
		"what looks like redaction": {`{"kind":"Entity","entityType":"a","name":"x","state":"{\"$sensitive\":\"new:x\"}"}`, "items[1].state: must not hold a secret"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set, problems, err := items.Parse([]byte("["+source+","+c.item+"]"), environment, keys(t))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{told, c.want}, texts(problems)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			for _, p := range problems {
				if strings.Contains(p.Name, planted) {
					t.Errorf("the problem's name tells it: %q", p.Name)
				}
			}
			if len(set.Entities)+len(set.Relationships)+len(set.Schemas) > 0 {
				t.Errorf("declared all the same: %v", set)
			}
		})
	}
}

func TestAMarkOfRedactionIsNotBelieved(t *testing.T) {
	t.Parallel()
	set, problems := parse(t, `[{"kind":"Entity","entityType":"a","name":"x","properties":{"p":{"$sensitive":"new:forged"}}}]`)
	if problems != nil {
		t.Fatal(problems)
	}
	if got := set.Entities[0].Entity.Properties["p"]; !catalog.IsSecret(got) || strings.Contains(string(got), "forged") {
		t.Errorf("kept as it came: %s", got)
	}
}

func TestAlternateDigests(t *testing.T) {
	t.Parallel()
	raw := []byte(`[{"kind":"Entity","entityType":"a","name":"x","properties":{"password":"` + planted + `","n":1}},{"kind":"Entity","entityType":"a","name":"plain"}]`)
	set, _, err := items.Parse(raw, environment, keys(t).ForDocument("old"))
	if err != nil {
		t.Fatal(err)
	}
	alternate := set.Entities[0].Alternate
	if len(alternate) != 1 || !strings.HasPrefix(string(alternate["password"]), `{"$sensitive":"old:`) {
		t.Errorf("alternate: %s", alternate)
	}
	if set.Entities[1].Alternate != nil {
		t.Errorf("alternate of an entity without secret: %s", set.Entities[1].Alternate)
	}
	without, _, _ := items.Parse(raw, environment, keys(t))
	if without.Entities[0].Alternate != nil || without.Entities[0].Digest != set.Entities[0].Digest {
		t.Error("the alternate key changes what is written")
	}
}

func TestTheSameSecretIsTheSameDigestInEveryEnvironment(t *testing.T) {
	t.Parallel()
	raw := []byte(`[{"kind":"Cell","name":"eu","token":"` + planted + `"}]`)
	a, _, _ := items.Parse(raw, environment, keys(t))
	b, _, _ := items.Parse(raw, catalog.EntityID(environment, "another", "one"), keys(t))
	if diff := cmp.Diff(a.Schemas, b.Schemas); diff != "" {
		t.Errorf("a schema depends on its environment:\n%s", diff)
	}
}
