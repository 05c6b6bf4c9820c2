package deployment_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/deployment"
	"plumbline/internal/reader/atmos"
)

var by = catalog.Declarer{Source: uuid.NewSHA1(uuid.Nil, []byte("source")), Document: "push"}

// record is of an entity with properties written as JSON.
func record(t *testing.T, entityType, name, properties string) *catalog.Record {
	t.Helper()
	canonical, err := catalog.Canonical([]byte(properties))
	if err != nil {
		t.Fatal(err)
	}
	r := &catalog.Record{ID: catalog.EntityID(envID, entityType, name), EnvID: envID,
		Entity: catalog.Entity{Type: entityType, Name: name, Properties: map[string]catalog.Value{}}}
	for key, span := range catalog.Members(canonical) {
		r.Entity.Properties[key] = span.Of(canonical)
	}
	return r
}

func TestComponentOf(t *testing.T) {
	t.Parallel()
	plain := func(change ...func(*deployment.Component)) *deployment.Component {
		c := component("dev/vpc", change...)
		c.Source, c.Document = by.Source, by.Document
		return &c
	}
	unknown := deployment.Part{}
	for _, test := range []struct {
		name, properties string
		want             *deployment.Component // nil: none
	}{
		{"all of it", `{"component_type":"terraform","enabled":true,"abstract":false,"workspace":"dev","backend_type":"s3",
			"backend":{"bucket":"states","workspace_key_prefix":"vpc","key":"terraform.tfstate","region":"eu-west-1"}}`, plain()},
		{"what is left out has Terraform's defaults", `{"component_type":"terraform","workspace":"dev","backend_type":"s3","backend":{"bucket":"states"}}`,
			plain(keyPrefix("env:"))},
		{"an empty prefix is one", `{"component_type":"terraform","workspace":"dev","backend_type":"s3","backend":{"bucket":"states","workspace_key_prefix":"","key":""}}`,
			plain(keyPrefix(""))},
		{"disabled and abstract", `{"component_type":"terraform","enabled":false,"abstract":true,"workspace":"dev"}`,
			plain(disabled, abstract, backend(""))},
		{"another backend has no such parts", `{"component_type":"terraform","workspace":"dev","backend_type":"gcs","backend":{"bucket":"states","key":"k"}}`,
			plain(backend("gcs"))},
		{"an expression is not known", `{"component_type":"terraform","workspace":"{{ .x }}","backend_type":"s3",
			"backend":{"bucket":"!terraform.output x y","workspace_key_prefix":"<no value>","key":"***MASKED***"}}`,
			plain(backend("s3"), func(c *deployment.Component) { c.Workspace = unknown })},
		{"a secret is not known", `{"component_type":"terraform","workspace":"dev","backend_type":"s3",
			"backend":{"bucket":{"$sensitive":"k1:x"},"key":{"$sensitive":"k1:y"},"workspace_key_prefix":"vpc"}}`,
			plain(func(c *deployment.Component) { c.Bucket, c.Key = unknown, unknown })},
		{"a backend that is a secret is not known", `{"component_type":"terraform","workspace":"dev","backend_type":"s3","backend":{"$sensitive":"k1:x"}}`,
			plain(backend("s3"))},
		{"no Terraform deploys another type", `{"component_type":"helmfile","workspace":"dev"}`, nil},
		{"a type that is not told is none", `{"workspace":"dev"}`, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got *deployment.Component
			if c, ok := deployment.ComponentOf(record(t, deployment.TypeComponent, "dev/vpc", test.properties), by); ok {
				got = &c
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("row (-want +got):\n%s", diff)
			}
		})
	}
	if _, ok := deployment.ComponentOf(record(t, "atmos.stack", "dev", `{"component_type":"terraform"}`), by); ok {
		t.Error("a stack is a component")
	}
}

func TestStateOf(t *testing.T) {
	t.Parallel()
	for properties, want := range map[string]int{
		`{"resourceCount":12}`: 12, `{"resourceCount":0}`: 0,
		`{}`: deployment.Uncounted, `{"resourceCount":"12"}`: deployment.Uncounted, `{"resourceCount":-1}`: deployment.Uncounted,
	} {
		s, ok := deployment.StateOf(record(t, deployment.TypeState, "dev/vpc", properties), by)
		if !ok || s.Resources != want || s.Source != by.Source || s.Document != by.Document {
			t.Errorf("%s: %+v, %t", properties, s, ok)
		}
	}
	if _, ok := deployment.StateOf(record(t, "terraform.module", "dev/vpc", `{}`), by); ok {
		t.Error("a module is a state")
	}
}

// TestTypesAreThoseOfTheReader holds the names that both packages know.
func TestTypesAreThoseOfTheReader(t *testing.T) {
	t.Parallel()
	if deployment.TypeComponent != atmos.TypeComponent {
		t.Errorf("%q is %q in the reader", deployment.TypeComponent, atmos.TypeComponent)
	}
}
