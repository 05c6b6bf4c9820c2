package merge_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/reader/atmos/merge"
	"plumbline/internal/reader/atmos/value"
	"plumbline/internal/reader/budget"
)

// layered are n layers: each has a key of its own, one that all have, and a map.
func layered(n int) []value.Map {
	layers := make([]value.Map, n)
	for i := range layers {
		layers[i] = value.Map{fmt.Sprint("k", i): i, "all": i, "map": value.Map{fmt.Sprint("m", i%3): i}, "list": []any{i}}
		if i%5 == 4 {
			layers[i]["map"] = nil
		}
	}
	return layers
}

func TestManyLayersMergeAsOneAfterAnotherDoes(t *testing.T) {
	t.Parallel()
	for _, lists := range []merge.Lists{merge.Replace, merge.Append, merge.Merge} {
		for _, n := range []int{2, 16, 17, 99} {
			rules := merge.Rules{Lists: lists}
			var want value.Map
			for _, layer := range layered(n) {
				want = rules.Maps(want, layer)
			}
			if diff := cmp.Diff(want, rules.Maps(layered(n)...)); diff != "" {
				t.Errorf("%d layers under %s (-one by one +at once):\n%s", n, lists, diff)
			}
		}
	}
}

func TestWhatAMergeMakesIsCountedWhole(t *testing.T) {
	t.Parallel()
	long := value.Map{"x": make([]any, 5000)}
	for name, c := range map[string]struct {
		rules  merge.Rules
		layers []value.Map
	}{
		"layers that have each a key of its own": {merge.Rules{}, layered(5000)},
		"a long list under a short one":          {merge.Rules{Lists: merge.Merge}, []value.Map{long, {"x": []any{1}}}},
	} {
		c.rules.Budget = budget.New(budget.Limits{Nodes: 4000})
		c.rules.Maps(c.layers...)
		var exceeded *budget.ExceededError
		if err := c.rules.Budget.Err(); !errors.As(err, &exceeded) {
			t.Errorf("%s: %v, want more than 4000 values", name, err)
		}
	}
}
