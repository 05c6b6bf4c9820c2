package catalog

import (
	"encoding/json"
	"maps"
	"strings"
)

// A property is what reconciling compares: each top-level key of an entity's
// properties, each label, and the state. It is named by a JSON Pointer (RFC 6901)
// into the entity, which is also its path in a patch (RFC 6902):
//
//	/properties/tags      the property "tags", compared whole
//	/labels/team          the label "team"
//	/state                the state
const (
	StateProperty    = "/state"
	propertiesPrefix = "/properties/"
	labelsPrefix     = "/labels/"
)

var (
	propertyEscape   = strings.NewReplacer("~", "~0", "/", "~1")
	propertyUnescape = strings.NewReplacer("~1", "/", "~0", "~")
)

// PropertyPointer names the property with that key.
func PropertyPointer(key string) string { return propertiesPrefix + propertyEscape.Replace(key) }

// LabelPointer names the label with that key.
func LabelPointer(key string) string { return labelsPrefix + propertyEscape.Replace(key) }

// PropertyKey is the key of a pointer that names a property; ok is false for a
// label and the state.
func PropertyKey(pointer string) (key string, ok bool) {
	key, ok = strings.CutPrefix(pointer, propertiesPrefix)
	return propertyUnescape.Replace(key), ok
}

// LabelKey is the key of a pointer that names a label.
func LabelKey(pointer string) (key string, ok bool) {
	key, ok = strings.CutPrefix(pointer, labelsPrefix)
	return propertyUnescape.Replace(key), ok
}

// Pointers gives the entity's properties by pointer. An empty state is absent.
func (e *Entity) Pointers() map[string]Value {
	flat := make(map[string]Value, len(e.Properties)+len(e.Labels)+1)
	for key, value := range e.Properties {
		if value != nil {
			flat[PropertyPointer(key)] = value
		}
	}
	for key, label := range e.Labels {
		flat[LabelPointer(key)] = textValue(label)
	}
	if e.State != "" {
		flat[StateProperty] = textValue(e.State)
	}
	return flat
}

// At is the value of a property, nil where it is absent.
func (e *Entity) At(pointer string) Value {
	if pointer == StateProperty {
		if e.State == "" {
			return nil
		}
		return textValue(e.State)
	}
	if key, ok := PropertyKey(pointer); ok {
		return e.Properties[key]
	}
	if key, ok := LabelKey(pointer); ok {
		if label, found := e.Labels[key]; found {
			return textValue(label)
		}
	}
	return nil
}

// Set puts a value at a property; nil removes it. A label and the state take a JSON
// string; a secret there is kept as its canonical text.
func (e *Entity) Set(pointer string, value Value) {
	if pointer == StateProperty {
		e.State = valueText(value)
		return
	}
	if key, ok := PropertyKey(pointer); ok {
		if value == nil {
			delete(e.Properties, key)
			return
		}
		if e.Properties == nil {
			e.Properties = map[string]Value{}
		}
		e.Properties[key] = value
		return
	}
	if key, ok := LabelKey(pointer); ok {
		if value == nil {
			delete(e.Labels, key)
			return
		}
		if e.Labels == nil {
			e.Labels = map[string]string{}
		}
		e.Labels[key] = valueText(value)
	}
}

// Clone is a copy that shares only immutable values.
func (e *Entity) Clone() Entity {
	c := *e
	c.Properties, c.Labels = maps.Clone(e.Properties), maps.Clone(e.Labels)
	return c
}

// textValue is the canonical value of a string. A label that was redacted holds the
// canonical text of its secret and gives that back.
func textValue(text string) Value {
	if strings.HasPrefix(text, string(secretPrefix)) {
		return Value(text)
	}
	return String(text)
}

func valueText(v Value) string {
	if v == nil {
		return ""
	}
	if v[0] != '"' {
		return string(v)
	}
	var text string
	_ = json.Unmarshal(v, &text) // canonical, hence valid
	return text
}
