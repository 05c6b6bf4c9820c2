package query_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/reader/atmos/query"
	"plumbline/internal/reader/atmos/value"
)

var networks = value.Map{
	"nets": value.Map{"dev": []any{"10.1.0.0/16"}, "prod-eu": []any{"10.2.0.0/16", "10.3.0.0/16"}, "n": 5, "off": false, "nil": nil},
	"list": []any{3, 1, 2, 1}, "name with blanks": "x",
	"people": []any{value.Map{"name": "b", "age": 2}, value.Map{"name": "a", "age": 1}},
}

func TestExpressionsGiveWhatYqGives(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]any{
		`.`: networks, `.nets.dev`: []any{"10.1.0.0/16"}, `.nets.prod-eu[1]`: "10.3.0.0/16", `.nets["prod-eu"][0]`: "10.2.0.0/16", `.nets.prod-eu[-1]`: "10.3.0.0/16",
		`."name with blanks"`: "x", `.["name with blanks"]`: "x", `.nets.none`: nil, `.nets.none.deeper`: nil, `.list[9]`: nil, `.list[1:3]`: []any{1, 2}, `.list[:1]`: []any{3},
		`.nets.none // "10.9.0.0/16"`: "10.9.0.0/16", `.nets.dev // "no"`: []any{"10.1.0.0/16"}, `.nets.off // true`: true, `.nets.nil // .nets.n`: 5, `.a // .b // "c"`: "c",
		`.nets | keys | length`: 5, `.nets | keys`: []any{"dev", "n", "nil", "off", "prod-eu"}, `.nets.prod-eu | length`: 2, `[.nets.prod-eu[]] | join("+")`: "10.2.0.0/16+10.3.0.0/16",
		`.list | sort`: []any{1, 1, 2, 3}, `.list | unique | sort`: []any{1, 2, 3}, `.list | map(. + 1)`: []any{4, 2, 3, 2}, `[.list[] | select(. > 1)]`: []any{3, 2}, `.list | reverse | first`: 1,
		`.people | sort_by(.name) | .[0].age`: 1, `.people[] | select(.name == "b") | .age`: 2, `[.people[].name]`: []any{"b", "a"}, `.nets | has("dev")`: true, `.nets | has("x")`: false,
		`{"a": .list[0], b: .nets.n}`: value.Map{"a": 3, "b": 5}, `{"x": 1} * {"y": 2}`: value.Map{"x": 1, "y": 2}, `[1, 2] + [3]`: []any{1, 2, 3}, `7 / 2`: 3.5, `6 / 2`: 3, `-1 + 3`: 2,
		`{"b": 2, "a": 1} | with_entries(.value = 1)`: errUnknown, `{"b": 2, "a": 1} | to_entries | map(.key) | join(",")`: "a,b", `"a-b" | split("-") | .[1]`: "b", `(.nets.n == 5) and (.nets.off | not)`: true,
		`.list[]`: errUnknown, `load("x")`: errUnknown, `env(HOME)`: errUnknown, `.a[`: errUnknown, `"x`: errUnknown, `.nets.n.x`: errUnknown, ``: errUnknown, `1 / 0`: errUnknown, `$x`: errUnknown,
	} {
		got, err := query.Evaluate(networks, text)
		if want == errUnknown {
			if !errors.Is(err, query.ErrUnknown) {
				t.Errorf("%s: %v, %v; want ErrUnknown", text, got, err)
			}
			continue
		}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", text, err, diff)
		}
	}
}

var errUnknown = errors.New("unknown")

func TestExpressionsEndWithinLimits(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 5000) + strings.Repeat("]", 5000)
	wide := `[1,1,1,1,1,1,1,1,1,1]` + strings.Repeat(` | map([1,1,1,1,1,1,1,1,1,1]) | flatten`, 10)
	grown := `"` + strings.Repeat("x", 1000) + `"` + strings.Repeat(` | (. + .)`, 40)
	for name, text := range map[string]string{"depth": deep, "elements": wide, "texts": grown, "length": strings.Repeat(" ", 20<<10)} {
		if _, err := query.Evaluate(nil, text); !errors.Is(err, query.ErrLimit) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzExpression(f *testing.F) {
	f.Add(`.a["b"][0:1] // {"x": [1, -2.5]} | map(select(. != null)) | to_entries`)
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = query.Evaluate(networks, text)
	})
}
