// Package merge lays maps over one another as Atmos does.
//
// Its one invariant: no input is changed, and what only one input has is shared with
// the result. So a merge costs what its inputs have in common.
//
//	dst            src          result
//	{a: 1, b: 2}   {b: 3}       {a: 1, b: 3}     maps merge
//	{a: 1}         {a: null}    {a: null}        a null is a value
//	{a: {..}}      {a: [..]}    {a: [..]}        other types replace
//	[1, 2]         [3]          [3]              Replace
//	[1, 2]         [3]          [1, 2, 3]        Append, or !append under any strategy
//	[{a: 1}, 2]    [{b: 1}, 3, 4]  [{a: 1, b: 1}, 2, 4]   Merge: what is no map stays
//
// The rule of Atmos is Merging in package atmos. Start at [Rules.Maps].
package merge

import (
	"errors"
	"strings"

	"plumbline/internal/reader/atmos/value"
	"plumbline/internal/reader/budget"
)

// Lists is what becomes of two lists at one place.
type Lists string

const (
	Replace Lists = "replace"
	Append  Lists = "append"
	Merge   Lists = "merge"
)

var errStrategy = errors.New("list_merge_strategy is none of replace, append, merge")

// Validate reports a strategy that is none of the three, without quoting it.
func (l Lists) Validate() error {
	switch l {
	case Replace, Append, Merge:
		return nil
	}
	return errStrategy
}

// Rules say how maps merge. The zero value replaces lists.
type Rules struct {
	Lists Lists
	// Appends: the inputs may hold a [value.Append]; a merge of two or more maps
	// resolves those that it passes.
	Appends bool
	// Budget counts the maps that are made, nil for none. Once it has run out, a merge
	// gives one of its inputs; who merges asks the budget in the end.
	Budget *budget.Budget
	// Deferred: a null does not replace the text of a function, whose layers Atmos
	// puts together only after the merge.
	Deferred bool
}

// Maps merges the layers, each over those before it. Empty layers do not count; of
// none the result is an empty map, of one that map itself.
func (r Rules) Maps(layers ...value.Map) value.Map {
	filled := make([]value.Map, 0, len(layers))
	for _, layer := range layers {
		if len(layer) > 0 {
			filled = append(filled, layer)
		}
	}
	switch len(filled) {
	case 0:
		return value.Map{}
	case 1:
		return filled[0]
	}
	return r.maps(filled)
}

func (r Rules) maps(layers []value.Map) value.Map {
	size := 0
	for _, layer := range layers {
		size = max(size, len(layer))
	}
	if r.Budget.Keep(size, mapBytes(size)) != nil {
		return layers[0]
	}
	out := make(value.Map, size)
	if len(layers) > fewLayers {
		r.many(out, layers)
	} else {
		for i, layer := range layers {
			for key, v := range layer {
				if _, done := out[key]; !done {
					out[key] = r.fold(key, v, layers[i+1:])
				}
			}
		}
	}
	// An error is there for who asks the budget in the end.
	_ = r.Budget.Keep(len(out)-size, mapBytes(len(out))-mapBytes(size))
	return out
}

// mapBytes is about what a map of that many keys takes.
func mapBytes(keys int) int { return 64 + 40*max(8, keys) }

// fewLayers are so few that each of them is asked for every key.
const fewLayers = 16

// many merges layers into out, each asked only for the keys that it has.
func (r Rules) many(out value.Map, layers []value.Map) {
	having := map[string][]value.Map{}
	for _, layer := range layers {
		for key := range layer {
			having[key] = append(having[key], layer)
		}
	}
	for key, of := range having {
		out[key] = r.fold(key, of[0][key], of[1:])
	}
}

// fold merges what the layers above have at the key over base. Maps that follow one
// another are merged in one go.
func (r Rules) fold(key string, base any, above []value.Map) any {
	var run []value.Map
	alone := true
	for _, layer := range above {
		v, ok := layer[key]
		if !ok {
			continue
		}
		alone = false
		over, isMap := v.(value.Map)
		under, wasMap := base.(value.Map)
		if isMap && wasMap {
			if run == nil {
				run = append(make([]value.Map, 0, 4), under)
			}
			run = append(run, over)
			continue
		}
		if run != nil {
			base, run = r.maps(run), nil
		}
		base = r.values(base, v)
	}
	if run != nil {
		return r.maps(run)
	}
	if alone {
		return r.settled(base)
	}
	return base
}

func (r Rules) values(dst, src any) any {
	if list, ok := src.(value.Append); ok {
		return r.appended(dst, list)
	}
	under, isList := items(dst)
	over, both := src.([]any)
	if isList && both {
		return r.lists(under, over)
	}
	if r.Deferred && src == nil && IsDeferred(dst) {
		return dst
	}
	return r.settled(src)
}

func items(v any) ([]any, bool) {
	switch v := v.(type) {
	case []any:
		return v, true
	case value.Append:
		return v.Items, !v.Sealed
	}
	return nil, false
}

func (r Rules) appended(dst any, list value.Append) any {
	if list.Sealed {
		return value.Append{Items: list.Items}
	}
	under, _ := items(dst)
	return r.concat(under, list.Items)
}

func (r Rules) concat(a, b []any) []any {
	if r.Budget.Keep(len(a)+len(b), 16*(len(a)+len(b))) != nil {
		return a
	}
	out := make([]any, 0, len(a)+len(b))
	return append(append(out, a...), b...)
}

func (r Rules) lists(under, over []any) []any {
	switch r.Lists {
	case Append:
		return r.concat(under, over)
	case Merge:
		return r.indexed(under, over)
	}
	return over
}

// indexed merges the maps that stand at one index; of other elements the earlier
// stays. The rest of the longer list follows.
func (r Rules) indexed(under, over []any) []any {
	size := max(len(under), len(over))
	if r.Budget.Keep(size, 16*size) != nil {
		return under
	}
	out := append(make([]any, 0, size), under...)
	for i, v := range over {
		if i >= len(under) {
			out = append(out, v)
			continue
		}
		a, isMap := under[i].(value.Map)
		b, both := v.(value.Map)
		if isMap && both {
			out[i] = r.Maps(a, b)
		}
	}
	return out
}

// settled resolves the appended lists in what has no counterpart below.
func (r Rules) settled(v any) any {
	if !r.Appends {
		return v
	}
	return value.Rewrite(v, func(_ []string, v any) (any, bool) {
		list, ok := v.(value.Append)
		if !ok {
			return nil, false
		}
		return r.appended(nil, list), true
	})
}

var deferred = map[string]bool{
	"!template": true, "!terraform.output": true, "!terraform.state": true, "!store.get": true, "!store": true,
	"!exec": true, "!env": true, "!labels": true, "!labels.keys": true, "!labels.values": true, "!tags": true,
}

// IsDeferred reports whether a value is the text of a function that Atmos takes out
// of a component's sections before it merges them. Rule of package atmos: Deferral.
func IsDeferred(v any) bool {
	text, ok := v.(string)
	if !ok || !strings.HasPrefix(text, "!") {
		return false
	}
	name, _ := value.Function(text)
	return deferred[name]
}
