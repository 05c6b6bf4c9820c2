package merge_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"plumbline/internal/reader/atmos/merge"
	"plumbline/internal/reader/atmos/value"
)

func parse(t testing.TB, texts ...string) []value.Map {
	t.Helper()
	var out []value.Map
	for _, text := range texts {
		doc, err := value.Decode([]byte(text), "")
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, doc.Value.(value.Map))
	}
	return out
}

func TestMaps(t *testing.T) {
	t.Parallel()
	appends := merge.Rules{Lists: merge.Replace, Appends: true}
	for _, c := range []struct {
		name   string
		rules  merge.Rules
		layers []string
		want   string
	}{
		{"nothing", merge.Rules{}, nil, `{}`},
		{"empty layers do not count", merge.Rules{}, []string{`{}`, `a: 1`, `{}`}, `a: 1`},
		{"maps merge at every depth", merge.Rules{}, []string{`{a: {b: {c: 1, d: 1}}}`, `{a: {b: {d: 2}}}`, `{a: {e: 3}}`}, `{a: {b: {c: 1, d: 2}, e: 3}}`},
		{"a null is a value", merge.Rules{}, []string{`{a: {b: 1}}`, `{a: null}`}, `{a: null}`},
		{"a map over a null is a new one", merge.Rules{}, []string{`{a: {b: 1}}`, `{a: null}`, `{a: {c: 1}}`}, `{a: {c: 1}}`},
		{"another type replaces", merge.Rules{}, []string{`{a: {b: 1}}`, `{a: [1]}`}, `{a: [1]}`},
		{"an empty map changes nothing", merge.Rules{}, []string{`{a: {b: 1}}`, `{a: {}}`}, `{a: {b: 1}}`},
		{"lists replace", merge.Rules{Lists: merge.Replace}, []string{`{a: [1, 2]}`, `{a: [3]}`}, `{a: [3]}`},
		{"lists append", merge.Rules{Lists: merge.Append}, []string{`{a: [1, 2]}`, `{a: [3]}`, `{a: [4]}`}, `{a: [1, 2, 3, 4]}`},
		{"lists merge by index", merge.Rules{Lists: merge.Merge}, []string{`{a: [{x: 1}, 2]}`, `{a: [{y: 1}, 3, 4]}`}, `{a: [{x: 1, y: 1}, 2, 4]}`},
		{"a longer list below stays", merge.Rules{Lists: merge.Merge}, []string{`{a: [{x: 1}, 2, 3]}`, `{a: [{x: 2}]}`}, `{a: [{x: 2}, 2, 3]}`},
		{"an appended list goes behind", appends, []string{`{a: [1]}`, `{a: !append [2]}`}, `{a: [1, 2]}`},
		{"an appended list alone is a list", appends, []string{`{b: 1}`, `{a: {c: !append [2]}}`}, `{a: {c: [2]}, b: 1}`},
		{"an appended list is plain after its merge", appends, []string{`{a: [1]}`, `{a: !append [2]}`, `{a: [3]}`}, `{a: [3]}`},
		{"a null does not hide a function", merge.Rules{Deferred: true}, []string{`{a: !exec x}`, `{a: null}`}, `{a: "!exec x"}`},
		{"a null hides another tag", merge.Rules{Deferred: true}, []string{`{a: !cel x}`, `{a: null}`}, `{a: null}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			layers := parse(t, c.layers...)
			before, _ := json.Marshal(layers)
			got := c.rules.Maps(layers...)
			if diff := cmp.Diff(parse(t, c.want)[0], got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if after, _ := json.Marshal(layers); string(before) != string(after) {
				t.Error("the inputs changed")
			}
		})
	}
}

// TestManyLayersAreTwoAndTwo: one merge of many layers is what merging them one after
// another gives, and no layer changes.
func TestManyLayersAreTwoAndTwo(t *testing.T) {
	t.Parallel()
	var node func(depth int) *rapid.Generator[any]
	key := rapid.SampledFrom([]string{"a", "b", "c"})
	node = func(depth int) *rapid.Generator[any] {
		leaf := rapid.SampledFrom([]any{nil, 1, "x", "!exec x", []any{1, value.Map{"k": 1}}, []any{}, value.Map{}})
		if depth == 0 {
			return leaf
		}
		return rapid.OneOf(leaf, rapid.Custom(func(t *rapid.T) any {
			return value.Map(rapid.MapOfN(key, node(depth-1), 0, 3).Draw(t, "map"))
		}))
	}
	rapid.Check(t, func(t *rapid.T) {
		layers := rapid.SliceOfN(rapid.MapOfN(key, node(3), 0, 3), 0, 5).Draw(t, "layers")
		rules := merge.Rules{
			Lists:    rapid.SampledFrom([]merge.Lists{merge.Replace, merge.Append, merge.Merge}).Draw(t, "lists"),
			Deferred: rapid.Bool().Draw(t, "deferred"),
		}
		before, _ := json.Marshal(layers)
		maps := make([]value.Map, len(layers))
		want := value.Map{}
		for i, layer := range layers {
			maps[i] = layer
			want = rules.Maps(want, layer)
		}
		if diff := cmp.Diff(want, rules.Maps(maps...)); diff != "" {
			t.Errorf("one after another (-), at once (+):\n%s", diff)
		}
		if after, _ := json.Marshal(layers); string(before) != string(after) {
			t.Error("the inputs changed")
		}
	})
}

func TestOneLayerIsShared(t *testing.T) {
	t.Parallel()
	layers := parse(t, `{a: {b: 1}}`, `{c: 1}`)
	got := merge.Rules{}.Maps(layers...)
	got["a"].(value.Map)["probe"] = true // the test may: it tells sharing from a copy
	if layers[0]["a"].(value.Map)["probe"] != true {
		t.Error("what one input has was copied")
	}
}
