package tfstate

import (
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/catalog"
)

// sensitiveSpans finds in an object of attributes the values that the paths of
// sensitive_attributes name. A path that cannot be followed to its end marks the
// whole attribute that it starts in; one whose start cannot be understood marks every
// attribute. The spans are sorted by start; inner ones may repeat.
//
// Source: Terraform state v4, a path is a list of steps {"type":"get_attr","value":
// name} or {"type":"index","value":{"value":key,"type":"string"|"number"}}.
func sensitiveSpans(attributes, paths []byte) []catalog.Span {
	v := jsontext.Value(paths)
	if len(paths) == 0 || v.Kind() == jsontext.KindNull {
		return nil
	}
	if v.Kind() != jsontext.KindBeginArray {
		return everyAttribute(attributes)
	}
	var spans []catalog.Span
	for _, span := range catalog.Elements(paths) {
		steps, ok := parsePath(span.Of(paths))
		if !ok {
			return everyAttribute(attributes)
		}
		for name, whole := range catalog.Members(attributes) {
			if name == steps[0].name {
				spans = append(spans, follow(attributes, whole, steps[1:]))
			}
		}
	}
	slices.SortFunc(spans, func(a, b catalog.Span) int { return a.Start - b.Start })
	return spans
}

func everyAttribute(attributes []byte) []catalog.Span {
	var spans []catalog.Span
	for _, span := range catalog.Members(attributes) {
		spans = append(spans, span)
	}
	return spans
}

// pathStep is a member's name or an index; known is false for every other step.
type pathStep struct {
	name    string
	index   int
	isIndex bool
	known   bool
}

// parsePath reads a path; ok is false when it does not start in an attribute.
func parsePath(v jsontext.Value) (steps []pathStep, ok bool) {
	for _, span := range catalog.Elements(v) {
		steps = append(steps, parseStep(span.Of(v)))
	}
	return steps, len(steps) > 0 && steps[0].known && !steps[0].isIndex
}

func parseStep(v jsontext.Value) pathStep {
	kind, value := wrapped(v)
	switch kind {
	case "get_attr":
		name, ok := catalog.Text(value)
		return pathStep{name: name, known: ok}
	case "index":
		switch kind, key := wrapped(value); kind {
		case "string":
			name, ok := catalog.Text(key)
			return pathStep{name: name, known: ok}
		case "number":
			index, err := strconv.Atoi(string(canonicalNumber(key)))
			return pathStep{index: index, isIndex: true, known: err == nil}
		}
	}
	return pathStep{}
}

// wrapped takes an object {"type": kind, "value": value} apart.
func wrapped(v jsontext.Value) (kind string, value jsontext.Value) {
	for name, span := range catalog.Members(v) {
		switch name {
		case "type":
			kind, _ = catalog.Text(span.Of(v))
		case "value":
			value = span.Of(v)
		}
	}
	return kind, value
}

// follow goes along the steps from an attribute's value. Where they cannot be
// followed it gives the whole attribute.
func follow(raw []byte, whole catalog.Span, steps []pathStep) catalog.Span {
	at := whole
	for _, step := range steps {
		next, ok := descend(raw, at, step)
		if !ok {
			return whole
		}
		at = next
	}
	return at
}

// descend takes one step. A value of dynamic type is kept as {"value", "type"}, a
// level that paths do not name; where a step could mean either level it is not taken.
func descend(raw []byte, at catalog.Span, step pathStep) (catalog.Span, bool) {
	if !step.known {
		return at, false
	}
	if inner, dynamic := dynamicValue(raw, at); dynamic {
		if !step.isIndex && (step.name == "value" || step.name == "type") {
			return at, false
		}
		at = inner
	}
	if step.isIndex {
		for index, span := range catalog.Elements(at.Of(raw)) {
			if index == step.index {
				return shift(span, at.Start), true
			}
		}
		return at, false
	}
	for name, span := range catalog.Members(at.Of(raw)) {
		if name == step.name {
			return shift(span, at.Start), true
		}
	}
	return at, false
}

// dynamicValue gives the value inside an object of exactly "value" and "type".
func dynamicValue(raw []byte, at catalog.Span) (inner catalog.Span, dynamic bool) {
	members, hasType, hasValue := 0, false, false
	for name, span := range catalog.Members(at.Of(raw)) {
		members++
		switch name {
		case "type":
			hasType = true
		case "value":
			hasValue, inner = true, shift(span, at.Start)
		}
	}
	return inner, members == 2 && hasType && hasValue
}

func shift(s catalog.Span, by int) catalog.Span {
	return catalog.Span{Start: s.Start + by, End: s.End + by}
}
