package items_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
	"plumbline/internal/reader/items"
	"plumbline/internal/reader/redact"
)

var environment = uuid.MustParse("6ba7b810-9dad-11d1-80b4-00c04fd430c8")

// keys are for organisation acme, "new" writing and "old" the alternate one.
func keys(t testing.TB) *redact.Keys {
	t.Helper()
	secret := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(strings.Repeat(text, 32))) }
	k, err := redact.ParseKeys("new:" + secret("n") + ",old:" + secret("o"))
	if err != nil {
		t.Fatal(err)
	}
	return k.For("acme")
}

func parse(t *testing.T, raw string) (items.Set, []string) {
	t.Helper()
	set, problems, err := items.Parse([]byte(raw), environment, keys(t))
	if err != nil {
		t.Fatal(err)
	}
	return set, texts(problems)
}

func texts(problems []reader.Problem) []string {
	var texts []string
	for _, p := range problems {
		texts = append(texts, p.String())
	}
	return texts
}

const flat = `[
  {"kind":"Relationship","relationshipType":"runs_on","from":"web","to":"host-1","state":"up","properties":{"n":1.0},"labels":{"a":"b"}},
  {"kind":"Entity","entityType":"server","name":"web","state":"live","properties":{"cpus":2.50,"gone":null,"tags":{"b":1,"a":[]}},"labels":{"team":"core"}},
  {"kind":"Action","name":"apply","repository":"acme/iac"},
  {"kind":"RelationshipType","name":"runs_on","from":"server","to":["host"],"states":["up"]},
  {"kind":"Cell","name":"eu","capacity":4},
  {"kind":"Secret","name":"db","description":"The database"},
  {"kind":"EntityType","name":"server","states":["live"],"initialState":"live","properties":[{"name":"cpus","type":"number"}]}
]`

const enveloped = `[
  {"apiVersion":"terrantula.io/v1","kind":"Relationship","metadata":{"name":"any","labels":{"a":"b"}},
   "spec":{"relationshipType":"runs_on","from":"web","to":"host-1","state":"up","properties":{"n":1}}},
  {"apiVersion":"terrantula.io/v1","kind":"Entity","metadata":{"name":"web","labels":{"team":"core"}},
   "spec":{"entityType":"server","state":"live","properties":{"gone":null,"tags":{"a":[],"b":1},"cpus":2.5}}},
  {"apiVersion":"terrantula.io/v1","kind":"Action","metadata":{"name":"apply"},"spec":{"repository":"acme/iac"}},
  {"apiVersion":"terrantula.io/v1","kind":"RelationshipType","metadata":{"name":"runs_on"},"spec":{"from":"server","to":["host"],"states":["up"]}},
  {"apiVersion":"terrantula.io/v1","kind":"Cell","metadata":{"name":"eu"},"spec":{"capacity":4}},
  {"apiVersion":"terrantula.io/v1","kind":"Secret","metadata":{"name":"db"},"spec":{"description":"The database"}},
  {"apiVersion":"terrantula.io/v1","kind":"EntityType","metadata":{"name":"server"},
   "spec":{"states":["live"],"initialState":"live","properties":[{"name":"cpus","type":"number"}]}}
]`

func TestParseReadsAllSevenKinds(t *testing.T) {
	t.Parallel()
	got, problems := parse(t, flat)
	if problems != nil {
		t.Fatal(problems)
	}
	var schemas []string
	for _, s := range got.Schemas {
		schemas = append(schemas, s.String()+" "+string(s.Body))
	}
	wantSchemas := []string{
		`EntityType server {"initialState":"live","name":"server","properties":[{"name":"cpus","type":"number"}],"states":["live"]}`,
		`Secret db {"description":"The database","name":"db"}`,
		`Cell eu {"capacity":4,"name":"eu"}`,
		`RelationshipType runs_on {"from":["server"],"name":"runs_on","states":["up"],"to":["host"]}`,
		`Action apply {"name":"apply","repository":"acme/iac"}`,
	}
	if diff := cmp.Diff(wantSchemas, schemas); diff != "" {
		t.Errorf("schemas (-want +got):\n%s", diff)
	}
	entity := catalog.Entity{Type: "server", Name: "web", State: "live",
		Properties: map[string]catalog.Value{"cpus": catalog.Value("2.5"), "gone": catalog.Value("null"), "tags": catalog.Value(`{"a":[],"b":1}`)},
		Labels:     map[string]string{"team": "core"}}
	wantEntities := []reader.Declared{{
		ID: catalog.EntityID(environment, "server", "web"), Entity: entity,
		Digest: reader.Digest(&entity, []byte(`{"cpus":2.5,"gone":null,"tags":{"a":[],"b":1}}`)),
	}}
	if diff := cmp.Diff(wantEntities, got.Entities); diff != "" {
		t.Errorf("entities (-want +got):\n%s", diff)
	}
	wantRelationships := []items.Relationship{{
		ID: catalog.RelationshipID(environment, "runs_on", "web", "host-1"),
		RelationshipRecord: catalog.RelationshipRecord{Type: "runs_on", From: "web", To: "host-1", State: "up",
			Properties: map[string]catalog.Value{"n": catalog.Value("1")}, Labels: map[string]string{"a": "b"}},
	}}
	if diff := cmp.Diff(wantRelationships, got.Relationships); diff != "" {
		t.Errorf("relationships (-want +got):\n%s", diff)
	}
}

func TestTheEnvelopeSaysTheSame(t *testing.T) {
	t.Parallel()
	want, _ := parse(t, flat)
	got, problems := parse(t, enveloped)
	if diff := cmp.Diff(want, got); diff != "" || problems != nil {
		t.Errorf("%v (-flat +envelope):\n%s", problems, diff)
	}
}

// A field of a declaration that is null is not given; what is kept as it comes keeps it.
func TestParseKeepsNulls(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		`[{"kind":"Entity","entityType":"a","name":"b","state":null,"labels":{"l":null},"more":null,
		   "properties":{"n":null,"o":{"p":[null,{"q":null}],"password":null}}},
		  {"kind":"Cell","name":"eu","limit":null,"more":{"a":null}},{"kind":"Cell","name":"us","apiVersion":null}]`,
		`[{"kind":"Entity","apiVersion":"terrantula.io/v1","status":null,"metadata":{"name":"b","labels":{"l":null},"uid":null},
		   "spec":{"entityType":"a","name":null,"state":null,"properties":{"n":null,"o":{"p":[null,{"q":null}],"password":null}}}},
		  {"kind":"Cell","apiVersion":"terrantula.io/v1","metadata":{"name":"eu"},"spec":{"limit":null,"more":{"a":null}}}]`,
	} {
		set, problems := parse(t, raw)
		if len(problems) > 0 || len(set.Entities) != 1 {
			t.Fatalf("%v of %v", problems, set)
		}
		want := map[string]catalog.Value{"n": catalog.Value("null"), "o": catalog.Value(`{"p":[null,{"q":null}],"password":null}`)}
		e := set.Entities[0].Entity
		if diff := cmp.Diff(want, e.Properties); diff != "" || e.State != "" || len(e.Labels) > 0 {
			t.Errorf("%v (-want +got):\n%s", e, diff)
		}
		if got := string(set.Schemas[0].Body); got != `{"limit":null,"more":{"a":null},"name":"eu"}` {
			t.Errorf("the cell is %s", got)
		}
	}
	if _, problems := parse(t, `[{"kind":null},{"kind":"Entity","entityType":null,"name":"b"}]`); !cmp.Equal(problems, []string{"items[0].kind: is required", "items[1].entityType: is required"}) {
		t.Errorf("problems %v", problems)
	}
}

func TestParseTellsEveryProblem(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		items string
		want  []string
	}{
		"items that are no declarations": {`[1, null, "x", {}]`, []string{
			"items[0]: must be an object", "items[1]: must be an object", "items[2]: must be an object", "items[3].kind: is required",
		}},
		"a kind that is not known": {`[{"kind":"Server","name":"a"},{"kind":7}]`, []string{
			"items[0].kind: must be EntityType, Cell, RelationshipType, Action, Secret, Entity or Relationship",
			"items[1].kind: must be EntityType, Cell, RelationshipType, Action, Secret, Entity or Relationship",
		}},
		"a field that is not known": {`[{"kind":"Entity","entityType":"a","name":"b","colour":1}]`, []string{"items[0].colour: is not a known field"}},
		"what is required":          {`[{"kind":"Entity"}]`, []string{"items[0].entityType: is required", "items[0].name: is required"}},
		"wrong types": {`[{"kind":"Entity","entityType":"a","name":"b","properties":[]},{"kind":"Entity","entityType":"a","name":"c","labels":{"x":1}}]`, []string{
			"items[0].properties: must be an object", "items[1].labels.x: must be a string",
		}},
		"the same in an envelope, at its own paths": {
			`[{"apiVersion":"v1","kind":"Entity","metadata":{"name":7,"namespace":"x","labels":{"a":1}},"spec":{"entityType":"","properties":1},"status":{}}]`,
			[]string{
				"items[0].apiVersion: must be terrantula.io/v1", "items[0].status: is not a known field", "items[0].metadata.namespace: is not a known field",
				"items[0].metadata.name: must be a string", "items[0].spec.properties: must be an object", "items[0].metadata.labels.a: must be a string",
			},
		},
		"an envelope that is not whole": {`[{"kind":"Cell","metadata":{},"spec":[]}]`, []string{
			"items[0].apiVersion: is required", "items[0].spec: must be an object", "items[0].metadata.name: is required",
		}},
		"a name given twice": {`[{"apiVersion":"terrantula.io/v1","kind":"Cell","metadata":{"name":"a"},"spec":{"name":"b"}}]`, []string{
			"items[0].metadata.name: is in spec as well",
		}},
		"labels where the kind has none": {`[{"apiVersion":"terrantula.io/v1","kind":"Secret","metadata":{"name":"a","labels":{}},"spec":{}}]`, []string{
			"items[0].metadata.labels: is not a known field",
		}},
		"one entity declared three times": {
			`[{"kind":"Entity","entityType":"a","name":"b"},{"kind":"Entity","entityType":"a","name":"b","state":"x"},{"kind":"Entity","entityType":"a","name":"b","colour":1}]`,
			[]string{
				"items[0]: is declared again by items[1]", "items[1]: is declared already by items[0]",
				"items[2].colour: is not a known field", "items[2]: is declared already by items[0]",
			},
		},
		"one cell and one relationship declared twice": {
			`[{"kind":"Cell","name":"b"},{"kind":"Cell","name":"b"},{"kind":"Action","name":"b"},
			  {"kind":"Relationship","relationshipType":"r","from":"a","to":"b"},{"kind":"Relationship","relationshipType":"r","from":"a","to":"b"}]`,
			[]string{
				"items[0]: is declared again by items[1]", "items[1]: is declared already by items[0]",
				"items[3]: is declared again by items[4]", "items[4]: is declared already by items[3]",
			},
		},
		"a value that nests too deep": {
			`[{"kind":"Entity","entityType":"a","name":"b","properties":{"x":` + strings.Repeat("[", 300) + strings.Repeat("]", 300) + `}}]`,
			[]string{"items[0].properties: must not nest deeper than 200 levels"},
		},
		"the value of a secret": {`[{"kind":"Secret","name":"db","value":"hunter2hunter2"}]`, []string{
			"items[0].value: must not be sent: a secret's value is set apart from its declaration",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set, problems := parse(t, c.items)
			if diff := cmp.Diff(c.want, problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if len(set.Entities)+len(set.Relationships) > 0 {
				t.Errorf("declared all the same: %v", set)
			}
		})
	}
}

func TestAnInvalidItemSpoilsNoOther(t *testing.T) {
	t.Parallel()
	set, problems, err := items.Parse([]byte(`[{"kind":"Entity","entityType":"a","name":"bad","state":7},{"kind":"Entity","entityType":"a","name":"good"}]`), environment, keys(t))
	if err != nil || len(set.Entities) != 1 || set.Entities[0].Entity.Name != "good" {
		t.Fatalf("%v, %v", set, err)
	}
	want := []reader.Problem{{
		ID: catalog.EntityID(environment, "a", "bad"), Name: "bad", Path: "items[0].state", Offset: -1, Reason: "must be a string",
	}}
	if diff := cmp.Diff(want, problems); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestParseRefusesWhatIsNoArray(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		raw, want string
		notFormat bool
	}{
		"nothing":                  {``, "unusable: items: must be valid JSON", false},
		"an object":                {`{"items":[]}`, "not this format: at byte 0, items: must be an array", true},
		"a text cut off":           {`[{"kind":"Cell"},{"na`, "unusable: at byte 21, items[1]: must be valid JSON", false},
		"something after it":       {`[] []`, "unusable: at byte 2, items: must be followed by nothing", false},
		"a name twice":             {`[{"kind":"Cell","name":"hunter2","name":"b"}]`, "unusable: at byte 33, items[0]: must not hold a name twice in one object", false},
		"a name twice, deep":       {`[{},{"a":{"b":1,"b":2}}]`, "unusable: at byte 16, items[1]: must not hold a name twice in one object", false},
		"bytes that are not UTF-8": {"[\"\xff\"]", "unusable: at byte 2, items[0]: must be valid JSON", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := items.Parse([]byte(c.raw), environment, keys(t))
			var unusable *reader.UnusableError
			if !errors.As(err, &unusable) || unusable.NotFormat != c.notFormat {
				t.Fatalf("got %v", err)
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseDeletions(t *testing.T) {
	t.Parallel()
	got, problems, err := items.ParseDeletions([]byte(`[{"kind":"EntityType","name":"a"},{"kind":"Action","name":"b"},{"kind":"Secret","name":"c"},
	  {"kind":"Entity","name":"web"},{"kind":"EntityType","name":"a"},{"name":"x y","force":true},{"kind":"RelationshipType","name":"d"},7,{"kind":"Cell","name":"e"}]`))
	if err != nil {
		t.Fatal(err)
	}
	want := []items.Deletion{{"Action", "b"}, {"RelationshipType", "d"}, {"Cell", "e"}, {"Secret", "c"}, {"EntityType", "a"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("deletions (-want +got):\n%s", diff)
	}
	wantProblems := []string{
		"deletions[3].kind: must be EntityType, Secret, Cell, RelationshipType or Action",
		"deletions[5].kind: must be EntityType, Secret, Cell, RelationshipType or Action",
		`deletions[5].name: must be letters, digits, "_" and "-" in parts joined by "."`,
		"deletions[5].force: is not a known field",
		"deletions[7]: must be an object",
	}
	if diff := cmp.Diff(wantProblems, texts(problems)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if _, _, err := items.ParseDeletions([]byte(`{}`)); !errors.Is(err, reader.ErrUnusable) {
		t.Errorf("an object: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(flat))
	f.Add([]byte(enveloped))
	f.Add([]byte(secretItems))
	f.Add([]byte(`[{"kind":"EntityType","name":"a","states":[],"initialState":"active","syncFreshness":"7d","properties":[{"name":"password","type":"string","default":"` + planted + `"}]}]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		set, problems, err := items.Parse(raw, environment, keys(t))
		if err != nil {
			if !errors.Is(err, reader.ErrUnusable) {
				t.Fatal(err)
			}
			return
		}
		for _, p := range problems {
			if !strings.HasPrefix(p.Path, "items[") || p.Reason == "" {
				t.Errorf("problem without place: %v", p)
			}
		}
		for _, s := range set.Schemas {
			if again, problems := catalog.DecodeSchema(s.Kind, s.Body); problems != nil || !cmp.Equal(s, again) {
				t.Errorf("%s is not stable: %s, %v", s, s.Body, problems)
			}
		}
		for _, d := range set.Entities {
			for name, value := range d.Entity.Properties {
				if again, err := catalog.AppendCanonical(nil, value); err != nil || !catalog.Equal(again, value) {
					t.Errorf("%s: property %q is not canonical: %s", d.Entity.Name, name, value)
				}
			}
		}
		if twice, _, err := items.Parse(raw, environment, keys(t)); err != nil || fmt.Sprint(twice) != fmt.Sprint(set) {
			t.Errorf("read twice it is another set: %v", err)
		}
	})
}

func TestItemsAreCounted(t *testing.T) {
	t.Parallel()
	raw := "[" + strings.Repeat("{},", items.MaxItems) + "{}]"
	_, _, err := items.Parse([]byte(raw), uuid.Nil, nil)
	if unusable, ok := errors.AsType[*reader.UnusableError](err); !ok || !strings.Contains(unusable.Error(), "must be at most 150000") {
		t.Errorf("one item too many: %v", err)
	}
}
