package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"path"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// gomplateFunctions are the namespaces of gomplate that are pure, as far as manifests
// use them, and its global names. Of a namespace only what is listed here exists.
func gomplateFunctions() map[string]any {
	return map[string]any{
		"strings": func() stringSpace { return stringSpace{} },
		"conv":    func() convSpace { return convSpace{} },
		"coll":    func() collSpace { return collSpace{} },
		"data":    func() dataSpace { return dataSpace{} },
		"math":    func() mathSpace { return mathSpace{} },
		"regexp":  func() regexpSpace { return regexpSpace{} },
		"path":    func() pathSpace { return pathSpace{} },

		"toJSON": dataSpace{}.ToJSON, "toJSONPretty": dataSpace{}.ToJSONPretty, "toYAML": dataSpace{}.ToYAML,
		"json": dataSpace{}.JSON, "jsonArray": dataSpace{}.JSONArray, "yaml": dataSpace{}.YAML,
		"dict": collSpace{}.Dict, "slice": collSpace{}.Slice, "has": collSpace{}.Has, "keys": collSpace{}.Keys,
		"bool": convSpace{}.ToBool, "default": convSpace{}.Default, "join": convSpace{}.Join,
		"toLower": stringSpace{}.ToLower, "toUpper": stringSpace{}.ToUpper, "title": stringSpace{}.Title,
		"contains": strings.Contains, "hasPrefix": strings.HasPrefix, "hasSuffix": strings.HasSuffix,
		"split": strings.Split, "trim": strings.Trim, "trimSpace": strings.TrimSpace, "quote": strconv.Quote,
		"add": mathSpace{}.Add, "sub": mathSpace{}.Sub, "mul": mathSpace{}.Mul,
	}
}

type stringSpace struct{}

func (stringSpace) ToLower(s any) string              { return strings.ToLower(fmt.Sprint(s)) }
func (stringSpace) ToUpper(s any) string              { return strings.ToUpper(fmt.Sprint(s)) }
func (stringSpace) Title(s any) string                { return sprigCall("title", fmt.Sprint(s)).(string) }
func (stringSpace) Contains(part string, s any) bool  { return strings.Contains(fmt.Sprint(s), part) }
func (stringSpace) HasPrefix(part string, s any) bool { return strings.HasPrefix(fmt.Sprint(s), part) }
func (stringSpace) HasSuffix(part string, s any) bool { return strings.HasSuffix(fmt.Sprint(s), part) }
func (stringSpace) Split(sep string, s any) []string  { return strings.Split(fmt.Sprint(s), sep) }
func (stringSpace) Trim(cut string, s any) string     { return strings.Trim(fmt.Sprint(s), cut) }
func (stringSpace) TrimPrefix(cut string, s any) string {
	return strings.TrimPrefix(fmt.Sprint(s), cut)
}
func (stringSpace) TrimSuffix(cut string, s any) string {
	return strings.TrimSuffix(fmt.Sprint(s), cut)
}
func (stringSpace) TrimSpace(s any) string { return strings.TrimSpace(fmt.Sprint(s)) }
func (stringSpace) Quote(s any) string     { return strconv.Quote(fmt.Sprint(s)) }
func (stringSpace) Squote(s any) string {
	return "'" + strings.ReplaceAll(fmt.Sprint(s), "'", "''") + "'"
}
func (stringSpace) Repeat(n int, s any) string {
	fits(n, len(fmt.Sprint(s)))
	return strings.Repeat(fmt.Sprint(s), max(n, 0))
}
func (stringSpace) ReplaceAll(old, new string, s any) string {
	fits(len(fmt.Sprint(s))+1, len(new)+1)
	return strings.ReplaceAll(fmt.Sprint(s), old, new)
}

type convSpace struct{}

func (convSpace) ToString(v any) string { return fmt.Sprint(v) }
func (convSpace) ToInt(v any) (int, error) {
	f, err := strconv.ParseFloat(fmt.Sprint(v), 64)
	return int(f), err
}
func (convSpace) ToFloat64(v any) (float64, error) { return strconv.ParseFloat(fmt.Sprint(v), 64) }
func (convSpace) ToBool(v any) bool {
	switch strings.ToLower(fmt.Sprint(v)) {
	case "true", "yes", "1", "1.0", "t":
		return true
	}
	return false
}
func (convSpace) Default(fallback, v any) any {
	if r := reflect.ValueOf(v); !r.IsValid() || r.IsZero() {
		return fallback
	}
	return v
}
func (convSpace) Join(list any, sep string) string {
	return sprigCall("join", heavy(list, sep), list).(string)
}

type collSpace struct{}

func (collSpace) Dict(args ...any) map[string]any { return weighed(sprigDict(args)) }
func (collSpace) Slice(args ...any) []any         { return weighed(args) }
func (collSpace) Has(in any, key any) bool {
	switch in := in.(type) {
	case map[string]any:
		_, ok := in[fmt.Sprint(key)]
		return ok
	case []any:
		for _, item := range in {
			if reflect.DeepEqual(item, key) {
				return true
			}
		}
	}
	return false
}
func (collSpace) Keys(m map[string]any) []string { return collectKeys(m) }

func sprigDict(args []any) map[string]any {
	out := map[string]any{}
	for i := 0; i < len(args); i += 2 {
		var v any = ""
		if i+1 < len(args) {
			v = args[i+1]
		}
		out[fmt.Sprint(args[i])] = v
	}
	return out
}

type dataSpace struct{}

func (dataSpace) ToJSON(v any) (string, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return strings.TrimSpace(b.String()), err
}
func (dataSpace) ToJSONPretty(indent string, v any) (string, error) {
	text, err := json.MarshalIndent(v, "", indent)
	return string(text), err
}
func (dataSpace) ToYAML(v any) (string, error) {
	text, err := yaml.Marshal(v)
	return string(text), err
}
func (dataSpace) JSON(text any) (map[string]any, error) {
	var out map[string]any
	err := json.Unmarshal([]byte(fmt.Sprint(text)), &out)
	return out, err
}
func (dataSpace) JSONArray(text any) ([]any, error) {
	var out []any
	err := json.Unmarshal([]byte(fmt.Sprint(text)), &out)
	return out, err
}
func (dataSpace) YAML(text any) (map[string]any, error) {
	var out map[string]any
	err := yaml.Unmarshal([]byte(fmt.Sprint(text)), &out)
	return out, err
}

type mathSpace struct{}

func (mathSpace) Add(n ...any) (any, error) {
	return folded(n, func(a, b float64) float64 { return a + b })
}
func (mathSpace) Sub(a, b any) (any, error) {
	return folded([]any{a, b}, func(a, b float64) float64 { return a - b })
}
func (mathSpace) Mul(n ...any) (any, error) {
	return folded(n, func(a, b float64) float64 { return a * b })
}
func (mathSpace) Max(n ...any) (any, error) { return folded(n, math.Max) }
func (mathSpace) Min(n ...any) (any, error) { return folded(n, math.Min) }

func folded(list []any, f func(a, b float64) float64) (any, error) {
	sum := 0.0
	for i, item := range list {
		n, err := strconv.ParseFloat(fmt.Sprint(item), 64)
		if err != nil {
			return nil, err
		}
		if sum = f(sum, n); i == 0 {
			sum = n
		}
	}
	if sum == math.Trunc(sum) && math.Abs(sum) < 1<<53 {
		return int64(sum), nil
	}
	return sum, nil
}

// regexpSpace counts for the call that it is bound to.
type regexpSpace struct{ call *call }

// compile counts what trying the pattern on s may take.
func (r regexpSpace) compile(pattern string, s any) (*regexp.Regexp, error) {
	args := []reflect.Value{reflect.ValueOf(pattern), reflect.ValueOf(fmt.Sprint(s))}
	if err := r.call.step(cost("regexp", args)); err != nil {
		return nil, err
	}
	return regexp.Compile(pattern)
}

func (r regexpSpace) Match(pattern string, s any) (bool, error) {
	re, err := r.compile(pattern, s)
	if err != nil {
		return false, err
	}
	return re.MatchString(fmt.Sprint(s)), nil
}
func (r regexpSpace) Find(pattern string, s any) (string, error) {
	re, err := r.compile(pattern, s)
	if err != nil {
		return "", err
	}
	return re.FindString(fmt.Sprint(s)), nil
}
func (r regexpSpace) Replace(pattern, with string, s any) (string, error) {
	re, err := r.compile(pattern, s)
	if err != nil {
		return "", err
	}
	fits(len(fmt.Sprint(s))+1, len(with)+1)
	return re.ReplaceAllString(fmt.Sprint(s), with), nil
}

type pathSpace struct{}

func (pathSpace) Base(p any) string           { return path.Base(fmt.Sprint(p)) }
func (pathSpace) Dir(p any) string            { return path.Dir(fmt.Sprint(p)) }
func (pathSpace) Ext(p any) string            { return path.Ext(fmt.Sprint(p)) }
func (pathSpace) Clean(p any) string          { return path.Clean(fmt.Sprint(p)) }
func (pathSpace) Join(parts ...string) string { return path.Join(parts...) }
