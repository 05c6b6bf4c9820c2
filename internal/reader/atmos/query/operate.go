package query

import (
	"math"
	"reflect"
	"strings"

	"plumbline/internal/reader/atmos/merge"
	"plumbline/internal/reader/atmos/value"
)

func isTrue(v any) bool { return v != nil && v != false }

func operate(operator string, left, right filter) filter {
	return one(func(m *machine, v any) (any, error) {
		a, err := single(m, left, v)
		if err != nil {
			return nil, err
		}
		b, err := single(m, right, v)
		if err != nil {
			return nil, err
		}
		switch operator {
		case "and":
			return isTrue(a) && isTrue(b), nil
		case "or":
			return isTrue(a) || isTrue(b), nil
		case "==":
			return isSame(a, b), nil
		case "!=":
			return !isSame(a, b), nil
		case "<", "<=", ">", ">=":
			return ordered(operator, a, b)
		}
		return calculated(m, operator, a, b)
	})
}

// isSame compares by value: 1 is 1.0.
func isSame(a, b any) bool {
	x, isNumber := float(a)
	y, both := float(b)
	if isNumber && both {
		return x == y
	}
	return reflect.DeepEqual(a, b)
}

func float(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case uint64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

func ordered(operator string, a, b any) (any, error) {
	order, err := compare(a, b)
	if err != nil {
		return nil, err
	}
	return map[string]bool{"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[operator], nil
}

// compare orders two numbers, or two texts.
func compare(a, b any) (int, error) {
	x, isNumber := float(a)
	y, both := float(b)
	if isNumber && both {
		switch {
		case x < y:
			return -1, nil
		case x > y:
			return 1, nil
		}
		return 0, nil
	}
	s, isText := a.(string)
	t, bothTexts := b.(string)
	if isText && bothTexts {
		return strings.Compare(s, t), nil
	}
	return 0, ErrUnknown
}

func calculated(m *machine, operator string, a, b any) (any, error) {
	x, isNumber := float(a)
	y, both := float(b)
	if isNumber && both {
		return arithmetic(operator, a, b, x, y)
	}
	switch a := a.(type) {
	case string:
		if b, ok := b.(string); ok && operator == "+" {
			return a + b, m.text(len(a) + len(b))
		}
	case []any:
		if b, ok := b.([]any); ok && operator == "+" {
			return append(a[:len(a):len(a)], b...), m.step(len(a) + len(b))
		}
	case value.Map:
		if b, ok := b.(value.Map); ok && operator == "*" {
			return merge.Rules{}.Maps(a, b), m.step(len(a) + len(b))
		}
	case nil:
		if operator == "+" {
			return b, nil
		}
	}
	return nil, ErrUnknown
}

func arithmetic(operator string, a, b any, x, y float64) (any, error) {
	var out float64
	switch operator {
	case "+":
		out = x + y
	case "-":
		out = x - y
	case "*":
		out = x * y
	case "/":
		out = x / y
	case "%":
		out = math.Mod(x, y)
	}
	if math.IsNaN(out) || math.IsInf(out, 0) {
		return nil, ErrUnknown
	}
	_, whole := a.(int)
	_, bothWhole := b.(int)
	if whole && bothWhole && out == math.Trunc(out) && math.Abs(out) < 1<<53 {
		return int(out), nil
	}
	return out, nil
}
