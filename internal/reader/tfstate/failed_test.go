package tfstate_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"plumbline/internal/reader"
)

const wrongKey = "an index key that is neither a string nor an integer from 0"

func TestWhatCannotBeIdentifiedIsNamedByAddressAndPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ instance, wantName, wantReason string }{
		"a negative key":             {`{"index_key":-1}`, "aws_instance.a[-1]", wrongKey},
		"a key with a fraction":      {`{"index_key":1.5}`, "aws_instance.a[1.5]", wrongKey},
		"a boolean key":              {`{"index_key":true}`, "aws_instance.a[true]", wrongKey},
		"a key that is an object":    {`{"index_key":{"a":1}}`, "aws_instance.a[?]", wrongKey},
		"a negative key, deposed":    {`{"deposed":"0a1b2c3d","index_key":-7}`, "aws_instance.a[-7] (deposed 0a1b2c3d)", wrongKey},
		"a deposed key of a word":    {`{"index_key":3,"deposed":"old"}`, "aws_instance.a[3] (deposed old)", wrongDeposed},
		"a deposed key of nine":      {`{"deposed":"0a1b2c3d4"}`, "aws_instance.a (deposed 0a1b2c3d4)", wrongDeposed},
		"a deposed key with a blank": {`{"deposed":"a b"}`, "aws_instance.a (deposed ?)", wrongDeposed},
		"a deposed key of a number":  {`{"deposed":12345678}`, "aws_instance.a (deposed ?)", wrongDeposed},
		"an instance that is none":   {`7`, "aws_instance.a", "an instance that is not an object"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := mustRead(t, document(t, state(c.instance, `{"index_key":0,"attributes":{"id":"i-0"}}`)))
			if !declares(got, "prod/vpc/aws_instance.a[0]") || len(got.facts.Failed) != 1 {
				t.Fatalf("declared %d, failed %v", len(got.declared), got.facts.Failed)
			}
			p := got.facts.Failed[0]
			if p.Name != "prod/vpc/"+c.wantName || p.Reason != c.wantReason || p.Path != "/resources/0/instances/0" || p.Offset <= 0 {
				t.Errorf("got %+v", p)
			}
			if p.ID != uuid.Nil {
				t.Error("it has an id: what it declared before may be taken for gone")
			}
		})
	}
}

const wrongDeposed = "a deposed key that is not eight hexadecimal digits"

func TestAResourceThatCannotBeAddressedIsNamedAsFarAsItIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ fields, want string }{
		"a type with a blank":  {`"type":"aws vpc","name":"a"`, "aws vpc.a"},
		"no type":              {`"name":"a"`, "a"},
		"a name of a number":   {`"type":"aws_vpc","name":7`, "aws_vpc"},
		"a module that breaks": {`"module":"module.a[","type":"aws_vpc","name":"a"`, "module.a[.aws_vpc.a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := `{"version":4,"lineage":"l","resources":[{"mode":"managed","provider":"provider.aws",` + c.fields + `,"instances":[{}]}]}`
			got := mustRead(t, document(t, text)).facts.Failed
			if len(got) != 1 || got[0].Name != "prod/vpc/"+c.want || got[0].Path != "/resources/0/instances" {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestInstancesNeedOneProvider(t *testing.T) {
	t.Parallel()
	const aws, google = `provider[\"registry.terraform.io/hashicorp/aws\"]`, `provider[\"registry.terraform.io/hashicorp/google\"]`
	instance := func(key int, provider string) string {
		return fmt.Sprintf(`{"index_key":%d,"provider":"%s","attributes":{"id":"i"}}`, key, provider)
	}
	const mixed = "the instances of the resource have different providers"
	for name, c := range map[string]struct {
		resource string
		want     string // reason
	}{
		"none at all":            {`"instances":[{"index_key":0},{"index_key":1}]`, "no provider"},
		"one that is empty":      {`"provider":"","instances":[{"index_key":0},{"index_key":1}]`, "no provider"},
		"one that is none":       {`"provider":"provider[","instances":[{"index_key":0},{"index_key":1}]`, "parse provider at byte 9: expected an index"},
		"behind its instances":   {`"instances":[{"index_key":0},{"index_key":1}],"provider":"` + aws + `"`, ""},
		"two":                    {`"instances":[` + instance(0, aws) + "," + instance(1, google) + `]`, mixed},
		"two aliases":            {`"instances":[` + instance(0, aws+".a") + "," + instance(1, aws+".b") + `]`, mixed},
		"one beside the shared":  {`"instances":[{"index_key":0},` + instance(1, google) + `],"provider":"` + aws + `"`, mixed},
		"two keys of one":        {`"instances":[` + instance(0, aws+`.a[\"eu\"]`) + "," + instance(1, aws+`.a[\"us\"]`) + `]`, ""},
		"one by two registries":  {`"instances":[` + instance(0, aws) + "," + instance(1, strings.Replace(aws, "terraform.io", "opentofu.org", 1)) + `]`, ""},
		"one by an older writer": {`"provider":"provider.aws","instances":[{"index_key":0},{"index_key":1}]`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := `{"version":4,"lineage":"l","resources":[` +
				`{"mode":"managed","type":"aws_vpc","name":"a",` + c.resource + `},` +
				`{"mode":"managed","type":"aws_vpc","name":"other","provider":"provider.aws","instances":[{}]}]}`
			got := mustRead(t, document(t, text))
			if !declares(got, "prod/vpc/aws_vpc.other") {
				t.Error("another resource is lost")
			}
			if c.want == "" {
				if len(got.facts.Failed) > 0 || !declares(got, "prod/vpc/aws_vpc.a[1]") {
					t.Errorf("failed: %v", got.facts.Failed)
				}
				return
			}
			want := []string{"prod/vpc/aws_vpc.a[0] " + c.want, "prod/vpc/aws_vpc.a[1] " + c.want}
			if diff := cmp.Diff(want, told(got.facts.Failed)); diff != "" {
				t.Error(diff)
			}
			if p := got.facts.Failed[1]; p.Path != "/resources/0/instances/1" || p.ID == uuid.Nil {
				t.Errorf("got %+v", p)
			}
		})
	}
}

// told gives the names and reasons of problems, sorted.
func told(problems []reader.Problem) []string {
	var list []string
	for _, p := range problems {
		list = append(list, p.Name+" "+p.Reason)
	}
	slices.Sort(list)
	return list
}

func TestManyResourcesOfMixedProvidersTakeTwoPasses(t *testing.T) {
	t.Parallel()
	var resources []string
	for i := range 500 {
		resources = append(resources, fmt.Sprintf(`{"type":"a_b","name":"n%d","instances":[{"index_key":0,"provider":"aws"},{"index_key":1,"provider":"google"}],"mode":"managed"}`, i))
	}
	doc := document(t, `{"resources":[`+strings.Join(resources, ",")+`],"lineage":"l","version":4}`)
	opens := 0
	open := doc.Open
	doc.Open = func(ctx context.Context) (io.ReadCloser, error) {
		opens++
		return open(ctx)
	}
	got := mustRead(t, doc)
	if len(got.facts.Failed) != 1000 || opens > 4 { // its order, its providers, the last one; the bodies
		t.Errorf("failed %d, opened %d times", len(got.facts.Failed), opens)
	}
}

func TestASecretOfWhatCannotBeDeclaredIsKnown(t *testing.T) {
	t.Parallel()
	const instance = `{"attributes":{"a":"correct horse 7"},"sensitive_attributes":[[{"type":"get_attr","value":"a"}]]`
	for name, resource := range map[string]string{
		"no provider":        `"mode":"managed","type":"a_b","name":"c","instances":[` + instance + `}]`,
		"an odd status":      `"mode":"managed","type":"a_b","name":"c","provider":"a","instances":[` + instance + `,"status":"odd"}]`,
		"a negative key":     `"mode":"managed","type":"a_b","name":"c","provider":"a","instances":[` + instance + `,"index_key":-1}]`,
		"a type that is odd": `"mode":"managed","type":"a b","name":"c","provider":"a","instances":[` + instance + `}]`,
		"a mode of tomorrow": `"mode":"ephemeral","type":"a_b","name":"c","provider":"a","instances":[` + instance + `}]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := mustRead(t, document(t, `{"version":4,"lineage":"l","outputs":{"copy":{"value":"correct horse 7"}},"resources":[{`+resource+`}]}`))
			if shown := mask(t, entity(t, got, "prod/vpc/output.copy").Entity.Properties["value"]); shown != `"S"` {
				t.Errorf("the copy is shown: %s", shown)
			}
		})
	}
}
