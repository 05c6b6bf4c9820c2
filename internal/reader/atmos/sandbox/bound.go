package sandbox

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strings"

	"github.com/Masterminds/sprig/v3"
)

const (
	maxTextValue = 1 << 20
	maxElements  = 20_000
	maxLevels    = 200
)

// check panics, which the engine turns into the execution's error, when a value is
// larger than one may be, or contains itself.
func check(name string, v reflect.Value) {
	s := scale{}
	if s.weigh(v, 0); s.over {
		panic(fmt.Errorf("%w: %s gives too large a value", ErrLimit, name))
	}
}

func weighed[T any](v T) T {
	check("coll", reflect.ValueOf(v))
	return v
}

// scale adds up a value, and stops when it is too heavy.
type scale struct {
	text, elements int
	over           bool
}

func (s *scale) weigh(v reflect.Value, level int) {
	s.elements++
	if s.over = s.over || s.elements > maxElements || s.text > maxTextValue || level > maxLevels; s.over {
		return
	}
	switch v.Kind() {
	case reflect.String:
		s.text += v.Len()
		s.over = s.text > maxTextValue
	case reflect.Interface, reflect.Pointer:
		if !v.IsNil() {
			s.weigh(v.Elem(), level+1)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if s.weigh(v.Index(i), level+1); s.over {
				return
			}
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next() && !s.over; {
			s.weigh(it.Key(), level+1)
			s.weigh(it.Value(), level+1)
		}
	}
}

// bounded are the functions of sprig whose result can be far larger than their
// arguments, with the check that keeps them from making it.
var bounded = map[string]any{
	"repeat":                     func(n int, s string) string { fits(n, len(s)); return strings.Repeat(s, max(n, 0)) },
	"replace":                    func(old, new, s string) string { fits(len(s)+1, len(new)+1); return strings.ReplaceAll(s, old, new) },
	"indent":                     func(n int, s string) string { return indent(n, s) },
	"nindent":                    func(n int, s string) string { return "\n" + indent(n, s) },
	"join":                       func(sep string, list any) string { return sprigCall("join", heavy(list, sep), list).(string) },
	"until":                      func(n int) []int { return sprigCall("until", counted(n)).([]int) },
	"untilStep":                  untilStep,
	"seq":                        seq,
	"regexReplaceAll":            regexReplace("regexReplaceAll"),
	"regexReplaceAllLiteral":     regexReplace("regexReplaceAllLiteral"),
	"mustRegexReplaceAll":        regexReplace("regexReplaceAll"),
	"mustRegexReplaceAllLiteral": regexReplace("regexReplaceAllLiteral"),
	"wrap":                       func(n int, s string) string { return sprigCall("wrap", n, s).(string) },
	"wrapWith": func(n int, sep, s string) string {
		fits(len(s)+1, len(sep)+1)
		return sprigCall("wrapWith", n, sep, s).(string)
	},
}

var sprigFuncs = sprig.TxtFuncMap()

func sprigCall(name string, args ...any) any {
	in := make([]reflect.Value, len(args))
	for i, arg := range args {
		in[i] = reflect.ValueOf(arg)
	}
	return reflect.ValueOf(sprigFuncs[name]).Call(in)[0].Interface()
}

// fits panics, which the engine turns into the execution's error, when n times size
// is more than a text may have.
func fits(n, size int) {
	if n > maxTextValue || size > maxTextValue || n > 0 && n*size > 4*maxTextValue { // both are small by then
		panic(fmt.Errorf("%w: too large a value", ErrLimit))
	}
}

// counted checks the number of elements of a list.
func counted(n int) int {
	if n > maxElements || n < -maxElements {
		panic(fmt.Errorf("%w: too long a list", ErrLimit))
	}
	return n
}

func heavy(list any, sep string) string {
	if v := reflect.ValueOf(list); v.Kind() == reflect.Slice {
		fits(v.Len()+1, len(sep)+1)
	}
	return sep
}

func indent(n int, s string) string {
	counted(n)
	fits(strings.Count(s, "\n")+1, n+1)
	pad := strings.Repeat(" ", max(n, 0))
	return pad + strings.ReplaceAll(s, "\n", "\n"+pad)
}

// untilStep counts without overflow, whatever the bounds.
func untilStep(start, stop, step int) []int {
	out := []int{}
	if step == 0 || (step > 0) != (start < stop) {
		return out
	}
	for i := start; ; i += step {
		if step > 0 && i >= stop || step < 0 && i <= stop {
			return out
		}
		counted(len(out) + 1)
		if out = append(out, i); step > 0 && i > math.MaxInt-step || step < 0 && i < math.MinInt-step {
			return out
		}
	}
}

func seq(params ...int) string {
	for _, n := range params {
		counted(n)
	}
	in := make([]any, len(params))
	for i, n := range params {
		in[i] = n
	}
	return sprigCall("seq", in...).(string)
}

func regexReplace(name string) any {
	return func(pattern, s, with string) string {
		fits(len(s)+1, len(with)+1)
		return sprigCall(name, pattern, s, with).(string)
	}
}

var wideVerb = regexp.MustCompile(`%[^a-zA-Z%]*(\*|[0-9]{5,})`)

// printf is Go's, without the widths that print more than the arguments hold.
func printf(format string, args ...any) (string, error) {
	if wideVerb.MatchString(format) {
		return "", fmt.Errorf("%w: too wide a verb", ErrLimit)
	}
	fits(strings.Count(format, "%")+1, 10_000)
	return printed(fmt.Sprintf(format, args...))
}

func printAll(f func(...any) string) func(...any) (string, error) {
	return func(args ...any) (string, error) { return printed(f(args...)) }
}

func printed(text string) (string, error) {
	if len(text) > maxTextValue {
		return "", fmt.Errorf("%w: too large a value", ErrLimit)
	}
	return text, nil
}

// deepCopy gives functions that write into maps their own.
func deepCopy(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = deepCopy(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = deepCopy(item)
		}
		return out
	}
	return v
}
