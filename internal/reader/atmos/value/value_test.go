package value_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/reader/atmos/value"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       value.Map
	}{
		{"nothing", "", value.Map{}},
		{"the first document", "a: 1\n---\na: 2\n", value.Map{"a": 1}},
		{"scalars", "{a: 0777, b: 0o17, c: 0x1F, d: 1.5, e: yes, f: True, g: ~, h: 18446744073709551615, i: '1'}",
			value.Map{"a": 511, "b": 15, "c": 31, "d": 1.5, "e": "yes", "f": true, "g": nil, "h": uint64(math.MaxUint64), "i": "1"}},
		{"keys that are no text", "{1: a, true: b, 1.5: c}", value.Map{"1": "a", "true": "b", "1.5": "c"}},
		{"dates", "a: 2020-01-02\n", value.Map{"a": value.Timestamp{Text: "2020-01-02"}}},
		{"functions", "{a: !exec  ls , b: !cwd , c: !literal x, d: !env 'A b'}", value.Map{"a": "!exec ls", "b": "!cwd", "c": "x", "d": "!env A b"}},
		{"appended lists", "a: !append [1]\n", value.Map{"a": value.Append{Items: []any{1}}}},
		{"appended lists beside a number", "1: x\na: !append [1]\n", value.Map{"1": "x", "a": value.Append{Items: []any{1}, Sealed: true}}},
		{"appended lists as text", "a: {__atmos_append__: [1]}\n", value.Map{"a": value.Append{Items: []any{1}}}},
		{"includes", "a: !include x.yaml .b\n", value.Map{"a": value.Include{Argument: "x.yaml .b", Line: 1}}},
		{"a tag on a map that is none of its", "a: !template {b: 1}\n", value.Map{"a": value.Map{"b": 1}}},
		{"aliases", "{a: &x {k: 1}, b: *x}", value.Map{"a": value.Map{"k": 1}, "b": value.Map{"k": 1}}},
		{"merge keys", "{a: &x {k: 1, l: 1}, b: {<<: *x, k: 2}}", value.Map{"a": value.Map{"k": 1, "l": 1}, "b": value.Map{"k": 2, "l": 1}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			doc, err := value.Decode([]byte(c.text), "")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, doc.Value); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			text, err := value.Encode(doc.Value)
			if err != nil {
				t.Fatal(err)
			}
			again, err := value.Decode([]byte(text), "")
			if err != nil {
				t.Fatalf("what was encoded is not read back: %v\n%s", err, text)
			}
			want, _ := json.Marshal(value.Plain(doc.Value))
			if got, _ := json.Marshal(value.Plain(again.Value)); string(got) != string(want) {
				t.Errorf("encoded and read back: %s, want %s", got, want)
			}
		})
	}
}

func TestDecodeFaults(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a: 1\na: 2\n":            `line 2: a key that stands twice in one mapping`,
		"a: !nope 1\n":            `line 1: a YAML tag that is neither YAML's nor Atmos's`,
		"a: !nope [1]\n":          `line 1: a YAML tag that is neither YAML's nor Atmos's`,
		"a: &x [*x]\n":            `line 1: an anchor that contains itself`,
		"a:\n  <<: 1\n":           `line 2: map merge requires map or sequence of maps as the value`,
		"? [a]\n: 1\n":            `line 1: a key must be a scalar`,
		"a: !!int x\n":            `line 1: a value that is not of its tag's type`,
		strings.Repeat("[", 2000): ``,
		"a: \"open\n":             `line 2: found unexpected end of stream`,
		"a: *nobody\n":            `line 1: unknown anchor`,
	} {
		_, err := value.Decode([]byte(text), "")
		var fault *value.Fault
		if !errors.As(err, &fault) || want != "" && err.Error() != want {
			t.Errorf("%.40q: %v, want %s", text, err, want)
		}
	}
}

func TestKeyDelimiter(t *testing.T) {
	t.Parallel()
	doc, err := value.Decode([]byte("a.b.c: 1\na.d: 2\n'e.f': 3\n.g: 4\n"), ".")
	if err != nil {
		t.Fatal(err)
	}
	want := value.Map{"a": value.Map{"b": value.Map{"c": 1}, "d": 2}, "e.f": 3, ".g": 4}
	if diff := cmp.Diff(want, doc.Value); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAppendJSON(t *testing.T) {
	t.Parallel()
	v := value.Map{"b": []any{1, -2, 1.5, 1e30, 3.0, uint64(math.MaxUint64), math.NaN()}, "a": value.Map{"<&>": "é\n\x01", "e": value.Map{}, "l": []any{}}, "c": nil, "d": true}
	want := "{\n  \"a\": {\n    \"<&>\": \"é\\n\\u0001\",\n    \"e\": {},\n    \"l\": []\n  },\n" +
		"  \"b\": [\n    1,\n    -2,\n    1.5,\n    1e+30,\n    3,\n    18446744073709551615,\n    null\n  ],\n  \"c\": null,\n  \"d\": true\n}"
	if got := string(value.AppendJSON(nil, v, 0)); got != want {
		t.Errorf("got %s", got)
	}
}

func TestRewriteLeavesWhatItDoesNotChange(t *testing.T) {
	t.Parallel()
	inner := value.Map{"k": 1}
	v := value.Map{"same": inner, "list": []any{"x", 1}}
	got := value.Rewrite(v, func(path []string, v any) (any, bool) { return "y", v == "x" && path[0] == "list" && path[1] == "[]" }).(value.Map)
	if diff := cmp.Diff(value.Map{"same": inner, "list": []any{"y", 1}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if v["list"].([]any)[0] != "x" {
		t.Error("the input changed")
	}
}
