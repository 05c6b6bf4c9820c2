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
	var marked sensitive
	for _, span := range catalog.Elements(paths) {
		steps, ok := parsePath(span.Of(paths))
		if !ok {
			return everyAttribute(attributes)
		}
		marked.add(steps)
	}
	if len(marked.below) == 0 {
		return nil
	}
	var spans []catalog.Span
	for name, whole := range catalog.Members(attributes) {
		if inside := marked.below[pathStep{name: name, known: true}]; inside != nil {
			before := len(spans)
			var followed bool
			if spans, followed = inside.follow(spans, attributes, whole); !followed {
				spans = append(spans[:before], whole)
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

// sensitive are the paths that start at one value, as a tree: each value is gone through
// once, however many paths lead into it. The zero value has none.
type sensitive struct {
	ends  bool // a path ends here
	below map[pathStep]*sensitive
}

func (s *sensitive) add(steps []pathStep) {
	for _, step := range steps {
		if s.below == nil {
			s.below = map[pathStep]*sensitive{}
		}
		next := s.below[step]
		if next == nil {
			next = &sensitive{}
			s.below[step] = next
		}
		s = next
	}
	s.ends = true
}

// follow goes along the paths from a value; followed is false where one of them cannot
// be followed to its end.
func (s *sensitive) follow(spans []catalog.Span, raw []byte, at catalog.Span) (_ []catalog.Span, followed bool) {
	if s.ends {
		spans = append(spans, at)
	}
	if len(s.below) == 0 {
		return spans, true
	}
	// A value of dynamic type is kept as {"value", "type"}, a level that paths do not
	// name; where a step could mean either level it is not taken.
	inner, dynamic := dynamicValue(raw, at)
	for step := range s.below {
		if !step.known || dynamic && !step.isIndex && (step.name == "value" || step.name == "type") {
			return spans, false
		}
	}
	if dynamic {
		at = inner
	}
	met := map[*sensitive]bool{}
	take := func(step pathStep, span catalog.Span) bool {
		next := s.below[step]
		if next == nil || met[next] {
			return true
		}
		met[next] = true
		spans, followed = next.follow(spans, raw, shift(span, at.Start))
		return followed
	}
	for index, span := range catalog.Elements(at.Of(raw)) {
		if !take(pathStep{index: index, isIndex: true, known: true}, span) {
			return spans, false
		}
	}
	for name, span := range catalog.Members(at.Of(raw)) {
		if !take(pathStep{name: name, known: true}, span) {
			return spans, false
		}
	}
	return spans, len(met) == len(s.below)
}

// pathStep is a member's name or an index; known is false for every other step.
type pathStep struct {
	name    string
	index   int
	isIndex bool
	known   bool
}

// maxSteps is how far a path is followed. A longer one marks the attribute.
const maxSteps = 64

// parsePath reads a path; ok is false when it does not start in an attribute.
func parsePath(v jsontext.Value) (steps []pathStep, ok bool) {
	for _, span := range catalog.Elements(v) {
		if len(steps) == maxSteps {
			steps[maxSteps-1] = pathStep{}
			break
		}
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
		if members > 2 {
			return catalog.Span{}, false
		}
	}
	return inner, members == 2 && hasType && hasValue
}

func shift(s catalog.Span, by int) catalog.Span {
	return catalog.Span{Start: s.Start + by, End: s.End + by}
}
