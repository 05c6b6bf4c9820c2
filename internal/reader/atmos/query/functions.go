package query

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"plumbline/internal/reader/atmos/value"
)

// plain are the functions without arguments.
var plain = map[string]func(m *machine, v any) (any, error){
	"length":       func(_ *machine, v any) (any, error) { return length(v) },
	"keys":         func(_ *machine, v any) (any, error) { return keysOf(v) },
	"first":        func(_ *machine, v any) (any, error) { return end(v, 0) },
	"last":         func(_ *machine, v any) (any, error) { return end(v, -1) },
	"not":          func(_ *machine, v any) (any, error) { return !isTrue(v), nil },
	"reverse":      func(m *machine, v any) (any, error) { return list(m, v, slices.Reverse[[]any]) },
	"unique":       func(m *machine, v any) (any, error) { return unique(m, v) },
	"flatten":      func(m *machine, v any) (any, error) { return flatten(m, v) },
	"sort":         func(m *machine, v any) (any, error) { return sorted(m, v, nil) },
	"to_entries":   func(_ *machine, v any) (any, error) { return toEntries(v) },
	"from_entries": func(_ *machine, v any) (any, error) { return fromEntries(v) },
	"upcase":       func(_ *machine, v any) (any, error) { return texted(v, strings.ToUpper) },
	"downcase":     func(_ *machine, v any) (any, error) { return texted(v, strings.ToLower) },
	"trim":         func(_ *machine, v any) (any, error) { return texted(v, strings.TrimSpace) },
	"to_string":    func(_ *machine, v any) (any, error) { return scalarText(v) },
	"tostring":     func(_ *machine, v any) (any, error) { return scalarText(v) },
}

// withFilter are the functions of one argument.
var withFilter = map[string]func(f filter) filter{
	"select": func(f filter) filter {
		return func(m *machine, v any) ([]any, error) {
			keep, err := single(m, f, v)
			if err != nil || !isTrue(keep) {
				return nil, err
			}
			return []any{v}, nil
		}
	},
	"map":          func(f filter) filter { return mapped(f) },
	"with_entries": func(f filter) filter { return each(each(named("to_entries"), mapped(f)), named("from_entries")) },
	"sort_by":      func(f filter) filter { return one(func(m *machine, v any) (any, error) { return sorted(m, v, f) }) },
	"has":          func(f filter) filter { return argued(f, has) },
	"join":         func(f filter) filter { return argued(f, join) },
	"split":        func(f filter) filter { return argued(f, split) },
	"contains":     func(f filter) filter { return argued(f, contains) },
}

var literals = map[string]any{"true": true, "false": false, "null": nil}

func named(name string) filter { return one(plain[name]) }

func (p *parser) named(name string) (filter, error) {
	if v, ok := literals[name]; ok {
		return constant(v), nil
	}
	if f, ok := plain[name]; ok {
		return one(f), nil
	}
	make, ok := withFilter[name]
	if !ok || p.take(sign, "(") == "" {
		return nil, ErrUnknown
	}
	f, err := p.pipe()
	if err = p.closing(")", err); err != nil {
		return nil, err
	}
	return make(f), nil
}

func mapped(f filter) filter { return gathered(each(elements, f)) }

func argued(f filter, do func(m *machine, v, argument any) (any, error)) filter {
	return one(func(m *machine, v any) (any, error) {
		argument, err := single(m, f, v)
		if err != nil {
			return nil, err
		}
		return do(m, v, argument)
	})
}

func length(v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return 0, nil
	case string:
		return len([]rune(v)), nil
	case []any:
		return len(v), nil
	case value.Map:
		return len(v), nil
	}
	return nil, ErrUnknown
}

func keysOf(v any) (any, error) {
	out := []any{}
	switch v := v.(type) {
	case value.Map:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			out = append(out, key)
		}
	case []any:
		for i := range v {
			out = append(out, i)
		}
	default:
		return nil, ErrUnknown
	}
	return out, nil
}

func end(v any, i int) (any, error) {
	items, err := itemsOf(v)
	if err != nil || len(items) == 0 {
		return nil, err
	}
	if i < 0 {
		i += len(items)
	}
	return items[i], nil
}

// list does something with a copy of a list.
func list(m *machine, v any, do func([]any)) (any, error) {
	items, ok := v.([]any)
	if !ok {
		return nil, ErrUnknown
	}
	out := slices.Clone(items)
	do(out)
	return out, m.step(len(out))
}

func unique(m *machine, v any) (any, error) {
	items, ok := v.([]any)
	if !ok {
		return nil, ErrUnknown
	}
	out := []any{}
	for _, item := range items {
		if err := m.step(len(out) + 1); err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(out, func(other any) bool { return isSame(item, other) }) {
			out = append(out, item)
		}
	}
	return out, nil
}

func flatten(m *machine, v any) (any, error) {
	items, ok := v.([]any)
	if !ok {
		return nil, ErrUnknown
	}
	out := []any{}
	for _, item := range items {
		inner, isList := item.([]any)
		if !isList {
			out = append(out, item)
			continue
		}
		made, err := flatten(m, inner)
		if err != nil {
			return nil, err
		}
		out = append(out, made.([]any)...)
	}
	return out, m.step(len(out))
}

// sorted orders numbers or texts, by what f makes of each where there is one.
func sorted(m *machine, v any, f filter) (any, error) {
	var failed error
	of := func(v any) any {
		if f == nil || failed != nil {
			return v
		}
		made, err := single(m, f, v)
		failed = err
		return made
	}
	out, err := list(m, v, func(items []any) {
		slices.SortStableFunc(items, func(a, b any) int {
			order, err := compare(of(a), of(b))
			if failed == nil {
				failed = err
			}
			return order
		})
	})
	if err == nil {
		err = failed
	}
	return out, err
}

func toEntries(v any) (any, error) {
	m, ok := v.(value.Map)
	if !ok {
		return nil, ErrUnknown
	}
	out := make([]any, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		out = append(out, value.Map{"key": key, "value": m[key]})
	}
	return out, nil
}

func fromEntries(v any) (any, error) {
	items, ok := v.([]any)
	if !ok {
		return nil, ErrUnknown
	}
	out := make(value.Map, len(items))
	for _, item := range items {
		entry, _ := item.(value.Map)
		key, ok := entry["key"].(string)
		if !ok {
			return nil, ErrUnknown
		}
		out[key] = entry["value"]
	}
	return out, nil
}

func texted(v any, do func(string) string) (any, error) {
	text, ok := v.(string)
	if !ok {
		return nil, ErrUnknown
	}
	return do(text), nil
}

func scalarText(v any) (any, error) {
	switch v.(type) {
	case value.Map, []any:
		return nil, ErrUnknown
	case nil:
		return "null", nil
	}
	return fmt.Sprint(v), nil
}
