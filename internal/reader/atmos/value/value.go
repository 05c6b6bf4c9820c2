// Package value holds what YAML manifests are made of, as plain Go values: nil,
// bool, int, int64, uint64, float64, string, []any, [Map], and the three types below
// that YAML has and JSON lacks.
//
// Its one invariant: a value is never changed after it was made. So manifests,
// merges and components share whatever they have in common, and only the maps on the
// way to a change are copied.
//
// Start at [Decode]; [Plain] is the way out to JSON and to templates.
package value

import "strings"

// Map is a YAML mapping. Keys that are not strings are kept as text: `1: x` is "1".
type Map = map[string]any

// Timestamp is an unquoted YAML date or time, as it is written: `2020-01-02`.
type Timestamp struct{ Text string }

// Append is the list of an `!append` tag: it goes behind the list of the layer below
// in the first merge that it passes. Sealed: it stands in a mapping that has a key
// which is no string, where Atmos's first merge only stringifies the keys.
type Append struct {
	Items  []any
	Sealed bool
}

// Include is an `!include` or, Raw, an `!include.raw`, to be replaced by what it
// names before anything merges. Argument is "path" or "path query".
type Include struct {
	Argument string
	Raw      bool
	Line     int
}

// Expression is the text of an include that is not resolved, as in a manifest.
func (i Include) Expression() string {
	return strings.TrimSpace(i.tag() + " " + i.Argument)
}

// AppendKey is the key under which an [Append] stands alone in a mapping while it is
// text.
const AppendKey = "__atmos_append__"

// Rewrite gives v with each value that is neither a map nor a plain list replaced by
// what change says; change reports false to keep it. Only what holds a change is
// copied. The path holds the keys and, as "[i]", the indices that lead to the value.
func Rewrite(v any, change func(path []string, v any) (any, bool)) any {
	if out, ok := rewrite(nil, v, change); ok {
		return out
	}
	return v
}

func rewrite(path []string, v any, change func([]string, any) (any, bool)) (any, bool) {
	switch v := v.(type) {
	case Map:
		var out Map
		for key, item := range v {
			if made, ok := rewrite(append(path, key), item, change); ok {
				out = Set(out, v, key, made)
			}
		}
		return out, out != nil
	case []any:
		var out []any
		for i, item := range v {
			if made, ok := rewrite(append(path, "[]"), item, change); ok {
				if out == nil {
					out = append(out, v...)
				}
				out[i] = made
			}
		}
		return out, out != nil
	}
	return change(path, v)
}

// Set puts key into the copy of original, which it makes when there is none yet.
func Set(made, original Map, key string, v any) Map {
	if made == nil {
		made = make(Map, len(original)+1)
		for k, item := range original {
			made[k] = item
		}
	}
	made[key] = v
	return made
}

// With is m with key set to v; m stays as it is.
func With(m Map, key string, v any) Map { return Set(nil, m, key, v) }

// SetAt is m with the value at keys set; m stays as it is, and is the result where the
// way leads through something that is no map.
func SetAt(m Map, v any, keys ...string) Map {
	if len(keys) == 1 {
		return With(m, keys[0], v)
	}
	inner, ok := m[keys[0]].(Map)
	if !ok && m[keys[0]] != nil {
		return m
	}
	return With(m, keys[0], SetAt(inner, v, keys[1:]...))
}

// Without is m without the keys; m stays as it is, and is the result where it has
// none of them.
func Without(m Map, keys ...string) Map {
	var out Map
	for _, key := range keys {
		if _, ok := m[key]; !ok {
			continue
		}
		if out == nil {
			out = make(Map, len(m))
			for k, item := range m {
				out[k] = item
			}
		}
		delete(out, key)
	}
	if out == nil {
		return m
	}
	return out
}

// Plain gives v as Atmos prints it: an [Append] that no merge resolved is its list,
// and a [Timestamp] an empty map, which is what Atmos's copier makes of a time.
func Plain(v any) any {
	return Rewrite(v, func(_ []string, v any) (any, bool) {
		switch v := v.(type) {
		case Append:
			return Plain(v.Items), true
		case Timestamp:
			return Map{}, true
		case Include:
			return v.Expression(), true
		}
		return nil, false
	})
}

// Texts gives v with each [Timestamp] as the text that it is written as.
func Texts(v any) any {
	return Rewrite(v, func(_ []string, v any) (any, bool) {
		stamp, ok := v.(Timestamp)
		return stamp.Text, ok
	})
}

// Find is [At], nil where there is nothing.
func Find(v any, keys ...string) any {
	found, _ := At(v, keys...)
	return found
}

// At follows keys into nested maps; ok is false where one is absent or leads through
// something that is no map.
func At(v any, keys ...string) (found any, ok bool) {
	for _, key := range keys {
		m, isMap := v.(Map)
		if !isMap {
			return nil, false
		}
		if v, ok = m[key]; !ok {
			return nil, false
		}
	}
	return v, true
}

// Text is the string at keys, "" where there is none.
func Text(v any, keys ...string) string {
	found, _ := At(v, keys...)
	text, _ := found.(string)
	return text
}

// Mapping is the map at keys, nil where there is none.
func Mapping(v any, keys ...string) Map {
	found, _ := At(v, keys...)
	m, _ := found.(Map)
	return m
}
