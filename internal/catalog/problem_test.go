package catalog_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/catalog"
)

func TestFieldOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ field, name, want string }{
		"a word is joined by a dot":          {"labels", "team", "labels.team"},
		"at the top it stands alone":         {"", "team", "team"},
		"anything else is quoted":            {"labels", "a.b c", `labels["a.b c"]`},
		"nothing is quoted":                  {"labels", "", `labels[""]`},
		"what is long is cut":                {"", strings.Repeat("x", 70), `["` + strings.Repeat("x", 64) + `..."]`},
		"it is not cut inside of a letter":   {"", strings.Repeat("x", 63) + "äbc", `["` + strings.Repeat("x", 63) + `..."]`},
		"a line break cannot break the line": {"labels", "a\nb", `labels["a\nb"]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := catalog.FieldOf(c.field, c.name); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	if err := (catalog.Problems)(nil).Err(); err != nil {
		t.Errorf("no problem is an error: %v", err)
	}
	problems := catalog.Problems{{Field: "name", Reason: "is required"}, {Reason: "must be an object"}, {Field: "[0]", Reason: "is repeated"}}
	want := "items[3].name: is required; items[3]: must be an object; items[3][0]: is repeated"
	if err := problems.At("items[3]").Err(); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	var schema []catalog.Kind
	for _, kind := range []catalog.Kind{
		catalog.KindEntityType, catalog.KindCell, catalog.KindRelationshipType, catalog.KindAction, catalog.KindSecret,
		catalog.KindEntity, catalog.KindRelationship,
	} {
		if err := kind.Validate(); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if kind.IsSchema() {
			schema = append(schema, kind)
		}
	}
	want := []catalog.Kind{catalog.KindEntityType, catalog.KindCell, catalog.KindRelationshipType, catalog.KindAction, catalog.KindSecret}
	if diff := cmp.Diff(want, schema); diff != "" {
		t.Errorf("schema kinds (-want +got):\n%s", diff)
	}
	for _, kind := range []catalog.Kind{"", "entity", "Server"} {
		if kind.Validate() == nil {
			t.Errorf("%q is a kind", kind)
		}
	}
}

func TestPropertyValidate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		property catalog.Property
		want     []string
	}{
		"booleans have an enum of texts": {catalog.Property{Name: "a", Type: catalog.PropertyBoolean, Enum: []string{"true"}, Default: catalog.Value("true")}, nil},
		"any text is in an enum of strings": {
			catalog.Property{Name: "a", Type: catalog.PropertyString, Enum: []string{"", "x y"}, Default: catalog.String("")}, nil,
		},
		"a huge integer is one":       {catalog.Property{Name: "a", Type: catalog.PropertyInteger, Default: catalog.Value("1e400")}, nil},
		"a default outside the enum":  {catalog.Property{Name: "a", Type: catalog.PropertyString, Enum: []string{"x"}, Default: catalog.String("y")}, []string{"default: must be one of the values in the property's enum"}},
		"an enum of another type":     {catalog.Property{Name: "a", Type: catalog.PropertyNumber, Enum: []string{"1.5", "x", " 1", "[1]"}}, []string{"enum[1]: must be the text of a value of type number", "enum[2]: must be the text of a value of type number", "enum[3]: must be the text of a value of type number"}},
		"neither name nor type":       {catalog.Property{}, []string{"name: must not be empty", "type: must be string, integer, number or boolean"}},
		"a redacted default is taken": {catalog.Property{Name: "a", Type: catalog.PropertyInteger, Default: catalog.Secret("k", "d")}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, texts(c.property.Validate())); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}
