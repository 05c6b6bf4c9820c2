package catalog_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"plumbline/internal/catalog"
)

func TestDecodeSchemaGivesTheStoredForm(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind       catalog.Kind
		flat, want string
	}{
		"defaults of an entity type are left out": {
			catalog.KindEntityType,
			`{"name":"server","displayName":"server","states":[],"initialState":"active","properties":[{"name":"a","type":"string","required":false}],
			  "metrics":[],"syncTracked":true}`,
			`{"initialState":"active","name":"server","properties":[{"name":"a","type":"string"}],"states":[]}`,
		},
		"an entity type with everything": {
			catalog.KindEntityType,
			`{"name":"server","displayName":"A server","states":["up","down"],"initialState":"up","applier":"apply-server","syncTracked":false,"syncFreshness":"7d",
			  "metrics":[{"b":1.0,"a":null}],"constraints":[1],
			  "properties":[{"name":"n","type":"integer","title":"N","description":"How many","required":true,"default":2,"enum":["2","4"]}]}`,
			`{"applier":"apply-server","constraints":[1],"displayName":"A server","initialState":"up","metrics":[{"a":null,"b":1}],"name":"server",` +
				`"properties":[{"default":2,"description":"How many","enum":["2","4"],"name":"n","required":true,"title":"N","type":"integer"}],` +
				`"states":["up","down"],"syncFreshness":604800,"syncTracked":false}`,
		},
		"one end of a relationship type is a list of one": {
			catalog.KindRelationshipType,
			`{"name":"runs_on","from":"app","to":["server","cluster"],"cardinality":"many-to-many","states":["up"],"constraints":[{"type":"property-sum"}]}`,
			`{"constraints":[{"type":"property-sum"}],"from":["app"],"name":"runs_on","states":["up"],"to":["server","cluster"]}`,
		},
		"a cell is kept as it came": {
			catalog.KindCell, `{"name":"eu-1","capacity":{"cpus":64.0},"labels":{"a":"b"}}`, `{"capacity":{"cpus":64},"labels":{"a":"b"},"name":"eu-1"}`,
		},
		"an action is kept as it came": {
			catalog.KindAction, `{"name":"apply","repository":"acme/iac"}`, `{"name":"apply","repository":"acme/iac"}`,
		},
		"a secret is its name and description": {
			catalog.KindSecret, `{"name":"db","description":"The database"}`, `{"description":"The database","name":"db"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			schema, problems := catalog.DecodeSchema(c.kind, canonical(t, c.flat))
			if problems != nil {
				t.Fatal(problems)
			}
			if diff := cmp.Diff(c.want, string(schema.Body)); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
			if again := canonical(t, string(schema.Body)); !catalog.Equal(again, schema.Body) {
				t.Errorf("body is not canonical: %s", schema.Body)
			}
			twice, problems := catalog.DecodeSchema(c.kind, schema.Body)
			if problems != nil || !cmp.Equal(twice, schema) {
				t.Errorf("read again: %v, %v", twice, problems)
			}
		})
	}
}

func TestDecodeSchemaRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind catalog.Kind
		flat string
		want []string
	}{
		"nothing of what is required": {catalog.KindEntityType, `{}`, []string{"name: is required", "states: is required", "initialState: is required"}},
		"wrong types, all at once": {
			catalog.KindEntityType,
			`{"name":1,"states":["a",2],"initialState":"a","properties":{},"metrics":{},"syncTracked":"yes","syncFreshness":"soon","applier":[]}`,
			[]string{
				"name: must be a string", "states[1]: must be a string", "properties: must be an array", "metrics: must be an array", "syncTracked: must be true or false",
				`syncFreshness: must be whole seconds, from 1 to ten years: a number, or a text such as "36h" or "7d"`, "applier: must be a string",
			},
		},
		"what breaks the rules of an entity type": {
			catalog.KindEntityType,
			`{"name":"a b","states":["a","a",""],"initialState":"b","properties":[{"name":"p","type":"float"},{"name":"q","type":"integer","default":1.5,"enum":["1","1","1.0"]},
			  {"name":"q","type":"string"}]}`,
			[]string{
				`name: must be letters, digits, "_" and "-" in parts joined by "."`, "states[1]: is repeated", "states[2]: must not be empty",
				"initialState: must be one of the states", "properties[0].type: must be string, integer, number or boolean",
				"properties[1].enum[1]: is repeated", "properties[1].enum[2]: must be the text of a value of type integer",
				"properties[1].default: must be of type integer", "properties[2].name: is repeated",
			},
		},
		"fields that are not known": {
			catalog.KindEntityType,
			`{"name":"a","states":[],"initialState":"active","colour":1,"dis play":2,"discovered":true,"properties":[{"name":"p","type":"string","max":1}, 7]}`,
			[]string{"properties[0].max: is not a known field", "properties[1]: must be an object", "properties[1].name: is required",
				"properties[1].type: is required", "colour: is not a known field", `["dis play"]: is not a known field`, "discovered: is not a known field"},
		},
		"an initial state that is empty": {
			catalog.KindEntityType, `{"name":"a","states":["up"],"initialState":""}`, []string{"initialState: must be one of the states"},
		},
		"a relationship type without ends": {
			catalog.KindRelationshipType, `{"name":"r","from":[],"to":"a b","cardinality":"some","states":[]}`,
			[]string{"from: must name at least one entity type", `to[0]: must be letters, digits, "_" and "-" in parts joined by "."`,
				"cardinality: must be one-to-one, one-to-many, many-to-one or many-to-many", "states: must name at least one state"},
		},
		"a secret's value, without quoting it": {
			catalog.KindSecret, `{"name":"db","value":"hunter2hunter2"}`,
			[]string{"value: must not be sent: a secret's value is set apart from its declaration"},
		},
		"something that is no object":     {catalog.KindCell, `[]`, []string{": must be an object", "name: is required"}},
		"a cell that is longer than 256K": {catalog.KindCell, `{"name":"a","x":"` + strings.Repeat("x", 256<<10) + `"}`, []string{": must be at most 262144 bytes"}},
		"a kind that is no schema kind":   {catalog.KindEntity, `{"name":"a"}`, []string{"kind: is not a schema kind"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, problems := catalog.DecodeSchema(c.kind, canonical(t, c.flat))
			want, got := c.want, texts(problems)
			for i := range want {
				want[i] = strings.TrimPrefix(want[i], ": ")
			}
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if strings.Contains(problems.Error(), "hunter2") {
				t.Errorf("quotes the value: %v", problems)
			}
		})
	}
}

func TestStoredTypesAreReadBack(t *testing.T) {
	t.Parallel()
	types := []catalog.EntityType{server(), catalog.Discover("aws_instance")}
	types[0].SyncFreshness, types[0].SyncTracked = 36*time.Hour, false
	for _, want := range types {
		got, err := want.Schema().EntityType()
		if want.DisplayName == "" {
			got.DisplayName = ""
		}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", want.Name, err, diff)
		}
	}
	link := catalog.RelationshipType{Name: "runs_on", From: []string{"a"}, To: []string{"b"}, Cardinality: catalog.OneToMany, States: []string{"up"}}
	got, err := link.Schema().RelationshipType()
	if diff := cmp.Diff(link, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if _, err := (catalog.Schema{Kind: catalog.KindEntityType, Name: "x", Body: catalog.Value(`{"name":1}`)}).EntityType(); err == nil {
		t.Error("a broken body is read")
	}
}

func TestSchemasSortByDependency(t *testing.T) {
	t.Parallel()
	var schemas []catalog.Schema
	for _, kind := range []catalog.Kind{catalog.KindAction, catalog.KindRelationshipType, catalog.KindCell, catalog.KindSecret, catalog.KindEntityType} {
		schemas = append(schemas, catalog.Schema{Kind: kind, Name: "b"}, catalog.Schema{Kind: kind, Name: "a"})
	}
	slices.SortFunc(schemas, catalog.Schema.Compare)
	var got []string
	for _, s := range schemas {
		got = append(got, s.String())
	}
	want := []string{"EntityType a", "EntityType b", "Secret a", "Secret b", "Cell a", "Cell b",
		"RelationshipType a", "RelationshipType b", "Action a", "Action b"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestDecodeEntity(t *testing.T) {
	t.Parallel()
	flat := `{"entityType":"server","name":"web","state":"up","properties":{"n":1.0,"gone":null,"list":[null]},"labels":{"team":"a","none":"","null":null}}`
	got, problems := catalog.DecodeEntity(canonical(t, flat))
	want := catalog.Entity{Type: "server", Name: "web", State: "up",
		Properties: map[string]catalog.Value{"n": catalog.Value("1"), "gone": catalog.Value("null"), "list": catalog.Value("[null]")},
		Labels:     map[string]string{"team": "a", "none": ""}}
	if diff := cmp.Diff(want, got); problems != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", problems, diff)
	}
	_, problems = catalog.DecodeEntity(canonical(t, `{"entityType":"a b","name":"x\ny","properties":{"":1},"labels":{"a":1}}`))
	if diff := cmp.Diff([]string{"labels.a: must be a string"}, texts(problems)); diff != "" {
		t.Errorf("shape (-want +got):\n%s", diff)
	}
	_, problems = catalog.DecodeEntity(canonical(t, `{"entityType":"a","name":"b","state":"{\"$sensitive\":","labels":{"a":{"$sensitive":"k:d"},"b":"{\"$sensitive\":1}"}}`))
	if diff := cmp.Diff([]string{"state: must not hold a secret", "labels.a: must not hold a secret", "labels.b: must not hold a secret"}, texts(problems)); diff != "" {
		t.Errorf("what looks redacted (-want +got):\n%s", diff)
	}
	_, problems = catalog.DecodeEntity(canonical(t, `{"entityType":"a b","name":"x\ny","state":"\t","properties":{"":1}}`))
	if len(problems) != 4 {
		t.Errorf("rules: %v", problems)
	}
}

func TestRelationshipIdentity(t *testing.T) {
	t.Parallel()
	r, problems := catalog.DecodeRelationship(canonical(t, `{"relationshipType":"runs_on","from":"web","to":"host-1"}`))
	if problems != nil || r.Name() != "web runs_on host-1" {
		t.Fatalf("%q, %v", r.Name(), problems)
	}
	env := uuid.MustParse("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
	id := catalog.RelationshipID(env, r.Type, r.From, r.To)
	if id != catalog.RelationshipID(env, "runs_on", "web", "host-1") || id == catalog.RelationshipID(env, "runs_on", "host-1", "web") {
		t.Errorf("id %s is not that of type, from and to", id)
	}
	_, problems = catalog.DecodeRelationship(canonical(t, `{"from":"a","name":"x"}`))
	if want := []string{"relationshipType: is required", "to: is required", "name: is not a known field"}; !cmp.Equal(want, texts(problems)) {
		t.Errorf("got %v", problems)
	}
}

func canonical(t *testing.T, raw string) catalog.Value {
	t.Helper()
	value, err := catalog.Canonical([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return value
}
