package value

import (
	"math"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// Compact is the level at which [AppendJSON] writes no white space.
const Compact = math.MinInt32

// AppendJSON appends v as JSON: members sorted by name, indented by two spaces for
// each level from the given one, HTML not escaped, integers exact. A number that JSON
// has not (.inf, .nan) is null. It knows the types that [Plain] leaves; another is
// null.
func AppendJSON(dst []byte, v any, level int) []byte {
	switch v := v.(type) {
	case Map:
		return appendMap(dst, v, level)
	case []any:
		return appendList(dst, v, level)
	case string:
		return appendText(dst, v)
	case bool:
		return strconv.AppendBool(dst, v)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case uint64:
		return strconv.AppendUint(dst, v, 10)
	case float64:
		return appendFloat(dst, v)
	}
	return append(dst, "null"...)
}

// Size is about how long the text of v is, without white space; more than most where it
// is longer than that, and then not counted to the end.
func Size(v any, most int) int {
	size := 0
	switch v := v.(type) {
	case Map:
		for key, item := range v {
			if size += len(key) + 4 + Size(item, most-size); size > most {
				return size
			}
		}
	case []any:
		for _, item := range v {
			if size += 1 + Size(item, most-size); size > most {
				return size
			}
		}
	case string:
		return len(v) + 2
	}
	return size + 8
}

func appendMap(dst []byte, m Map, level int) []byte {
	if len(m) == 0 {
		return append(dst, "{}"...)
	}
	var buffer [32]string
	keys := buffer[:0]
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for i, key := range keys {
		dst = appendLine(dst, "{", i, level+1)
		dst = append(appendText(dst, key), ':')
		if level >= 0 {
			dst = append(dst, ' ')
		}
		dst = AppendJSON(dst, m[key], level+1)
	}
	return append(appendIndent(dst, level), '}')
}

func appendList(dst []byte, list []any, level int) []byte {
	if len(list) == 0 {
		return append(dst, "[]"...)
	}
	for i, item := range list {
		dst = appendLine(dst, "[", i, level+1)
		dst = AppendJSON(dst, item, level+1)
	}
	return append(appendIndent(dst, level), ']')
}

func appendLine(dst []byte, open string, i, level int) []byte {
	if i > 0 {
		open = ","
	}
	return appendIndent(append(dst, open...), level)
}

const spaces = "                                                                "

func appendIndent(dst []byte, level int) []byte {
	if level < 0 {
		return dst
	}
	dst = append(dst, '\n')
	for n := 2 * level; n > 0; n -= len(spaces) {
		dst = append(dst, spaces[:min(n, len(spaces))]...)
	}
	return dst
}

// appendText quotes a string; bytes that are not UTF-8 become U+FFFD.
func appendText(dst []byte, text string) []byte {
	dst, _ = jsontext.AppendQuote(dst, text)
	return dst
}

func appendFloat(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	if math.Abs(f) < 1e21 && f == math.Trunc(f) {
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	return strconv.AppendFloat(dst, f, 'g', -1, 64)
}
