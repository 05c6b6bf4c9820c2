package sandbox

import (
	"reflect"
	"strings"
)

// One step of a call is about 10 µs.
const (
	bytesAStep    = 4 << 10
	elementsAStep = 64
	matchedAStep  = 512 // bytes that a short regular expression is tried on
	pairsAStep    = 200 // elements that are compared with one another
)

// quadratic are the functions that compare each element with each.
var quadratic = set("uniq", "mustUniq", "without", "mustWithout", "coll.Uniq")

// spaces are the namespaces of gomplate, whose methods are not counted themselves.
var spaces = set("strings", "conv", "coll", "data", "math", "path")

const spaceSteps = 20

// cost is how many steps a call may take, by its arguments.
func cost(name string, args []reflect.Value) int {
	text, elements := 0, 0
	longest := 0
	for _, arg := range args {
		t, e := extent(arg, 2)
		text, elements = text+t, elements+e
		longest = max(longest, t)
	}
	steps := 1 + text/bytesAStep + elements/elementsAStep
	switch {
	case spaces[name]:
		steps += spaceSteps
	case strings.Contains(strings.ToLower(name), "regex"):
		// The shorter texts are the expression and what takes its place.
		steps += longest / matchedAStep * (1 + (text-longest)/8)
		steps += (text - longest) / 64
	case quadratic[name]:
		steps += elements * elements / pairsAStep
	}
	return steps
}

// extent is how many bytes and elements a value has in so many levels.
func extent(v reflect.Value, levels int) (text, elements int) {
	for v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return 0, 0
		}
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.String:
		return v.Len(), 0
	case reflect.Map:
		return 0, v.Len()
	case reflect.Slice, reflect.Array:
		elements = v.Len()
		if levels == 0 || v.Type().Elem().Kind() == reflect.Int {
			return 0, elements
		}
		for i := range v.Len() {
			t, e := extent(v.Index(i), levels-1)
			text, elements = text+t, elements+e
		}
	}
	return text, elements
}
