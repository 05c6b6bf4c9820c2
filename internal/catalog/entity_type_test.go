package catalog_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/catalog"
)

// server is a registered type with a property of each kind.
func server() catalog.EntityType {
	t := catalog.NewEntityType("server", []string{"draft", "live"}, "draft")
	t.Properties = []catalog.Property{
		{Name: "region", Type: catalog.PropertyString, Required: true, Enum: []string{"eu", "us"}},
		{Name: "cpus", Type: catalog.PropertyInteger, Enum: []string{"2", "4"}},
		{Name: "load", Type: catalog.PropertyNumber},
		{Name: "public", Type: catalog.PropertyBoolean},
		{Name: "tier", Type: catalog.PropertyString, Required: true, Default: catalog.String("basic")},
	}
	return t
}

func TestEntityTypeCheck(t *testing.T) {
	t.Parallel()
	secret := catalog.Secret("k", "digest")
	type values = map[string]catalog.Value
	for name, c := range map[string]struct {
		state  string
		values values
		want   []string
	}{
		"what is required is enough":             {"", values{"region": catalog.Value(`"eu"`)}, nil},
		"a declared state is allowed":            {"live", values{"region": catalog.Value(`"eu"`)}, nil},
		"active needs no declaration":            {"active", values{"region": catalog.Value(`"eu"`)}, nil},
		"failed needs no declaration":            {"failed", values{"region": catalog.Value(`"eu"`)}, nil},
		"another state is refused":               {"gone", values{"region": catalog.Value(`"eu"`)}, []string{"state: is not a state of the type"}},
		"a required property is missed":          {"", nil, []string{"properties.region: is required"}},
		"a value outside the enum is refused":    {"", values{"region": catalog.Value(`"mars"`)}, []string{"properties.region: must be one of the values in the property's enum"}},
		"a number is compared with enum as text": {"", values{"region": catalog.Value(`"eu"`), "cpus": catalog.Value(`3`)}, []string{"properties.cpus: must be one of the values in the property's enum"}},
		"a fraction is no integer":               {"", values{"region": catalog.Value(`"eu"`), "cpus": catalog.Value(`2.5`)}, []string{"properties.cpus: must be of type integer"}},
		"a tiny number is no integer":            {"", values{"region": catalog.Value(`"eu"`), "cpus": catalog.Value(`1e-99`)}, []string{"properties.cpus: must be of type integer"}},
		"a text is no number":                    {"", values{"region": catalog.Value(`"eu"`), "load": catalog.Value(`"1"`)}, []string{"properties.load: must be of type number"}},
		"a number is no boolean":                 {"", values{"region": catalog.Value(`"eu"`), "public": catalog.Value(`1`)}, []string{"properties.public: must be of type boolean"}},
		"properties not described are allowed":   {"", values{"region": catalog.Value(`"eu"`), "colour": catalog.Value(`{"a":1}`)}, nil},
		"a redacted value is not judged":         {"", values{"region": secret, "cpus": secret}, nil},
		"every problem is told, state first": {"gone", values{"load": catalog.Value(`[]`)}, []string{
			"state: is not a state of the type", "properties.region: is required", "properties.load: must be of type number",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := catalog.Entity{Type: "server", Name: "web", State: c.state, Properties: c.values}
			if diff := cmp.Diff(c.want, texts(server().Check(e))); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDiscoveredTypeIsOpen(t *testing.T) {
	t.Parallel()
	open := catalog.Discover("aws_instance")
	e := catalog.Entity{State: "anything", Properties: map[string]catalog.Value{"ami": catalog.Value(`1`)}}
	if problems := open.Check(e); problems != nil {
		t.Errorf("refused: %v", problems)
	}
	if err := open.Validate().Err(); err != nil || !open.SyncTracked {
		t.Errorf("tracked %v, %v", open.SyncTracked, err)
	}
}

func TestInitialState(t *testing.T) {
	t.Parallel()
	if got := server().StateOf(catalog.Entity{}); got != "draft" {
		t.Errorf("an entity without state is in %q", got)
	}
	if got := server().StateOf(catalog.Entity{State: "live"}); got != "live" {
		t.Errorf("an entity with a state is in %q", got)
	}
	links := catalog.RelationshipType{States: []string{"up", "down"}}
	if got := links.StateOf(catalog.RelationshipRecord{}); got != "up" {
		t.Errorf("a relationship without state is in %q", got)
	}
}

func TestRelationshipTypeCheck(t *testing.T) {
	t.Parallel()
	links := catalog.RelationshipType{
		States:     []string{"up"},
		Properties: []catalog.Property{{Name: "speed", Type: catalog.PropertyInteger, Required: true}},
	}
	r := catalog.RelationshipRecord{Type: "links", From: "a", To: "b", State: "active"}
	want := []string{"state: is not a state of the type", "properties.speed: is required"}
	if diff := cmp.Diff(want, texts(links.Check(r))); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func texts(problems catalog.Problems) []string {
	var texts []string
	for _, p := range problems {
		texts = append(texts, p.String())
	}
	return texts
}
