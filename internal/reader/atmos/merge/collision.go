package merge

import (
	"slices"

	"plumbline/internal/reader/atmos/value"
)

// Collision is a place of a section where the text of a function meets what other layers
// have: what comes of them is known only once the function has a value.
type Collision struct {
	// Path leads through maps.
	Path []string
	// Values are what the layers have there, the lowest first, nulls left out.
	Values []any
}

// Collisions lists them, each before those below it. A function that meets nothing is in
// the list only below a collision, whose result takes its place. Rule of package atmos: Deferral.
func Collisions(layers ...value.Map) []Collision {
	var paths [][]string
	for _, layer := range layers {
		paths = functions(paths, nil, layer)
	}
	slices.SortFunc(paths, comparePaths)
	paths = slices.CompactFunc(paths, slices.Equal)
	var out []Collision
	for _, path := range paths {
		c := Collision{Path: path}
		for _, layer := range layers {
			if v, ok := value.At(layer, path...); ok && v != nil {
				c.Values = append(c.Values, v)
			}
		}
		below := slices.ContainsFunc(out, func(above Collision) bool { return isBelow(path, above.Path) })
		if len(c.Values) > 1 || below {
			out = append(out, c)
		}
	}
	return out
}

// functions appends the paths of functions in a map.
func functions(paths [][]string, at []string, m value.Map) [][]string {
	for key, v := range m {
		switch v := v.(type) {
		case string:
			if IsDeferred(v) {
				paths = append(paths, append(slices.Clone(at), key))
			}
		case value.Map:
			paths = functions(paths, append(at, key), v)
		}
	}
	return paths
}

func comparePaths(a, b []string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return slices.Compare(a, b)
}

func isBelow(path, above []string) bool {
	return len(path) > len(above) && slices.Equal(path[:len(above)], above)
}

// Combine merges the values of a collision once each function has its own. The first
// says how: maps merge, lists as l says, of other values the last counts. Unlike a merge
// of sections, that of elements takes the later of two that are no maps.
func Combine(values []any, l Lists) any {
	last := values[len(values)-1]
	switch first := values[0].(type) {
	case value.Map:
		out := first
		for _, v := range values[1:] {
			m, ok := v.(value.Map)
			if !ok {
				return v
			}
			out = Rules{}.Maps(out, m)
		}
		return out
	case []any:
		switch l {
		case Append:
			return appendAll(values)
		case Merge:
			return mergeAll(first, values[1:])
		}
	}
	return last
}

func appendAll(values []any) []any {
	var out []any
	for _, v := range values {
		list, _ := v.([]any)
		out = append(out, list...)
	}
	return out
}

func mergeAll(first []any, rest []any) any {
	out := slices.Clone(first)
	for _, v := range rest {
		list, ok := v.([]any)
		if !ok {
			return v
		}
		for i, item := range list {
			if i >= len(out) {
				out = append(out, item)
				continue
			}
			under, isMap := out[i].(value.Map)
			over, both := item.(value.Map)
			if out[i] = item; isMap && both {
				out[i] = Rules{}.Maps(under, over)
			}
		}
	}
	return out
}
