package catalog

import (
	"bytes"
	"maps"
	"slices"
)

// body builds a canonical object; absent values leave no member. The zero value is
// ready for use.
type body struct{ members map[string]Value }

// put sets a member to a canonical value; nil leaves it out.
func (b *body) put(name string, value Value) {
	if value == nil {
		return
	}
	if b.members == nil {
		b.members = map[string]Value{}
	}
	b.members[name] = value
}

// text sets a member to a text; "" leaves it out.
func (b *body) text(name, text string) {
	if text != "" {
		b.put(name, String(text))
	}
}

// flag sets a member to a boolean that is not the default.
func (b *body) flag(name string, value, absent bool) {
	switch {
	case value == absent:
	case value:
		b.put(name, Value("true"))
	default:
		b.put(name, Value("false"))
	}
}

// texts sets a member to an array of texts; none leave it out.
func (b *body) texts(name string, texts []string) { b.array(name, textArray(texts)) }

// array sets a member to a canonical array; an empty one is left out.
func (b *body) array(name string, array Value) {
	if string(array) != "[]" {
		b.put(name, array)
	}
}

// value is the object, nil where it has no member.
func (b *body) value() Value {
	if len(b.members) == 0 {
		return nil
	}
	return Object(b.members)
}

// Object is the canonical object of canonical members; "{}" where there is none. A
// nil member is left out.
func Object(members map[string]Value) Value {
	object := Value("{")
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if members[name] == nil {
			continue
		}
		if len(object) > 1 {
			object = append(object, ',')
		}
		object = append(append(append(object, String(name)...), ':'), members[name]...)
	}
	return append(object, '}')
}

// arrayValue is the canonical array of canonical values.
func arrayValue(values []Value) Value {
	array := Value("[")
	for i, value := range values {
		if i > 0 {
			array = append(array, ',')
		}
		array = append(array, value...)
	}
	return append(array, ']')
}

// textArray is the canonical array of texts.
func textArray(texts []string) Value {
	values := make([]Value, 0, len(texts))
	for _, text := range texts {
		values = append(values, String(text))
	}
	return arrayValue(values)
}

// IsSecret reports whether a canonical value is redacted as a whole; see [HasSecret].
func IsSecret(value Value) bool { return bytes.HasPrefix(value, secretPrefix) }
