package tfstate_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"plumbline/internal/reader"
)

// object is a JSON object whose members stand in a drawn order.
type object []member

type member struct {
	name  string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := json.Marshal(m.name)
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%s:%s", name, value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// estateOf draws a state of a few resources with secrets in several places.
func estateOf(t *rapid.T) object {
	resources := []any{}
	for i := range rapid.IntRange(0, 4).Draw(t, "resources") {
		instances := []any{}
		for k := range rapid.IntRange(0, 3).Draw(t, "instances") {
			instances = append(instances, object{
				{"index_key", k},
				{"attributes", object{
					{"id", fmt.Sprintf("i-%d-%d", i, k)},
					{"password", rapid.SampledFrom([]any{"correct horse battery", nil, "", "short"}).Draw(t, "password")},
					{"note", rapid.SampledFrom([]any{"<correct horse battery>", "plain", 1.5, nil}).Draw(t, "note")},
					{"tags", object{{"b", "1"}, {"a", []any{1, "x", object{{"z", nil}, {"y", true}}}}}},
				}},
				{"sensitive_attributes", []any{}},
				{"dependencies", []any{"aws_vpc.main", "module.m.aws_subnet.a"}},
			})
		}
		resources = append(resources, object{
			{"module", fmt.Sprintf("module.m[%d]", i%2)},
			{"mode", "managed"}, {"type", "aws_instance"}, {"name", fmt.Sprintf("r%d", i)},
			{"provider", `provider["registry.terraform.io/hashicorp/aws"].west`},
			{"instances", instances},
		})
	}
	return object{
		{"version", 4}, {"terraform_version", "1.9.5"}, {"serial", 3}, {"lineage", "l"},
		{"outputs", object{{"o", object{{"value", "v"}, {"type", "string"}}}, {"s", object{{"value", "a sensitive output"}, {"sensitive", true}}}}},
		{"resources", resources},
		{"check_results", nil},
	}
}

// shuffled gives the same document with its members, resources and instances in
// another order.
func shuffled(t *rapid.T, v any) any {
	switch v := v.(type) {
	case object:
		out := make(object, len(v))
		for i, m := range v {
			value := m.value
			if m.name == "resources" || m.name == "instances" {
				value = rapid.Permutation(value.([]any)).Draw(t, "order")
			}
			out[i] = member{m.name, shuffled(t, value)}
		}
		return object(rapid.Permutation([]member(out)).Draw(t, "members"))
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = shuffled(t, v[i])
		}
		return out
	}
	return v
}

func TestDigestsDoNotDependOnTheForm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		estate := estateOf(rt)
		one, _ := json.Marshal(estate)
		other, _ := json.MarshalIndent(shuffled(rt, estate), " ", "\t")
		other = bytes.ReplaceAll(other, []byte("registry.terraform.io"), []byte("registry.opentofu.org"))
		other = bytes.ReplaceAll(other, []byte(`"1.5`), []byte(`"15e-1`))
		other = bytes.ReplaceAll(other, []byte("plain"), []byte(`\u0070lain`))
		if diff := cmp.Diff(digests(t, string(one)), digests(t, string(other))); diff != "" {
			rt.Fatalf("%s\n%s\n%s", one, other, diff)
		}
	})
}

func digests(t *testing.T, text string) map[string][2][32]byte {
	t.Helper()
	doc := document(t, text)
	doc.Keys = doc.Keys.ForDocument("k0")
	got := mustRead(t, doc)
	found := map[string][2][32]byte{}
	for i, entry := range got.entries {
		declared := slices.IndexFunc(got.declared, func(d reader.Declared) bool { return d.ID == entry.ID })
		if declared < 0 || got.declared[declared].Digest != entry.Digest {
			t.Fatalf("entry %d has no body of its digest", i)
		}
		found[got.declared[declared].Entity.Name] = [2][32]byte{entry.Digest, entry.Alternate}
	}
	return found
}

// TestNoSecretLeavesTheReader plants secrets wherever the document tells that they are
// secret, and again where it does not, and looks for them in all that is yielded.
func TestNoSecretLeavesTheReader(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		secret := rapid.StringMatching(`[A-Za-z0-9"\\<&é/+]{10,40}`).Draw(rt, "secret") + "~Q7"
		text := plant(rt, secret)
		doc := document(t, text)
		doc.Keys = doc.Keys.ForDocument("k0")
		got, err := read(t, doc)
		if err != nil {
			rt.Fatalf("%s: %v", text, err)
		}
		told, _ := json.Marshal(got.declared)
		problems, _ := json.Marshal([]any{got.facts.Failed, got.facts.Warnings, got.facts.Lineage, got.facts.WriterVersion})
		yielded := string(told) + string(problems)
		if names := len(got.declared) + len(got.facts.Failed); names < 8 {
			rt.Fatalf("%d declarations and failures of %s:\n%s", names, text, yielded)
		}
		for _, form := range formsOf(secret) {
			if strings.Contains(yielded, form) {
				rt.Fatalf("%q is in what was yielded of %s:\n%s", form, text, yielded)
			}
		}
	})
}

// formsOf gives the secret as JSON text shows it: once and twice quoted, and in base64.
func formsOf(secret string) []string {
	once, _ := json.Marshal(secret)
	quoted := string(once[1 : len(once)-1])
	twice, _ := json.Marshal(quoted)
	return []string{secret, quoted, string(twice[1 : len(twice)-1]), base64.StdEncoding.EncodeToString([]byte(secret))}
}

// plant writes a state that marks the secret in one way and holds it in others.
func plant(t *rapid.T, secret string) string {
	inner, _ := json.Marshal(map[string]any{"key": secret})
	copies := object{
		{"plain", secret},
		{"longer", "user:" + secret + "@host"},
		{"as_json", string(inner)},
		{"as_base64", base64.StdEncoding.EncodeToString([]byte("x" + secret))},
		{"as_key", object{{"outer", object{{secret, 1}, {"other", 2}}}}},
		{"in_list", []any{[]any{secret}, object{{"x", secret}}}},
	}
	attributes := object{{"id", "i-1"}, {"arn", "arn:aws:x-" + secret}, {"settings", object{{"deep", []any{object{{"value", object{{"k", secret}}}, {"type", "dynamic"}}}}}}}
	step := func(kind string, value any) object { return object{{"type", kind}, {"value", value}} }
	deep := []any{step("get_attr", "settings"), step("get_attr", "deep"), step("index", step("number", 0)), step("index", step("string", "k"))}
	paths := []any{}
	outputs := object{{"copy", object{{"value", secret}}}}
	kind := "aws_instance"
	provider := rapid.SampledFrom([]string{"provider.aws", "", "provider["}).Draw(t, "provider")
	switch rapid.IntRange(0, 10).Draw(t, "mark") {
	case 0:
		paths = append(paths, deep)
	case 1:
		paths = append(paths, []any{step("get_attr", "settings"), step("get_attr", "absent")})
	case 2:
		paths = append(paths, []any{step("unknown", "settings")})
	case 3:
		paths = append(paths, []any{step("get_attr", "settings"), step("splat", nil)})
	case 4:
		outputs = append(outputs, member{"o", object{{"value", []any{secret}}, {"sensitive", true}}})
	case 5:
		attributes = append(attributes, member{"clientSecret", secret})
	case 6:
		kind, attributes = "random_password", append(attributes, member{"result", secret})
	case 7:
		paths = append(paths, []any{step("get_attr", "settings"), step("index", step("bool", true))})
	case 8:
		attributes = append(attributes, member{"environment", []any{object{{"value", secret}, {"type", "PLAINTEXT"}, {"name", "DB_PASSWORD"}}}})
	case 9:
		text, _ := json.Marshal([]any{object{{"name", "app"}, {"environment", []any{object{{"name", "auth.token"}, {"value", secret}}}}}})
		attributes = append(attributes, member{"container_definitions", string(text)})
	case 10:
		outputs = append(outputs, member{"o", object{{"value", ` {"settings":{"client_secret":` + string(mustMarshal(secret)) + `}}`}}})
	}
	for _, c := range copies {
		if rapid.Bool().Draw(t, c.name) {
			attributes = append(attributes, c)
		}
	}
	instance := func(key any, attributes object, paths []any) object {
		return object{{"index_key", key}, {"attributes", attributes}, {"sensitive_attributes", paths}, {"private", secret}}
	}
	text, _ := json.Marshal(object{
		{"version", 4}, {"serial", 1}, {"lineage", "x" + secret},
		{"outputs", outputs},
		{"resources", []any{
			object{{"mode", "data"}, {"type", "aws_ami"}, {"name", "copies"}, {"module", "module.a[" + quote("of-"+secret) + "]"}, {"provider", "provider.aws"}, {"instances", []any{instance("a-"+secret, copies, nil)}}},
			object{{"mode", "managed"}, {"type", kind}, {"name", "marks"}, {"provider", provider}, {"instances", []any{instance("k", attributes, paths), instance("b-"+secret, object{}, nil), object{{"index_key", "c-" + secret}, {"status", "odd"}}}}},
		}},
		{"check_results", []any{object{{"object_kind", "check"}, {"config_addr", "check.a"}, {"status", "fail"},
			{"objects", []any{object{{"object_addr", "check.a"}, {"status", "fail"}, {"failure_messages", []any{"got " + secret}}}}}}}},
	})
	return string(text)
}

func mustMarshal(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

// quote quotes a text without signs that start a template, as HCL does.
func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
