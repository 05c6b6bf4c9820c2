package catalog

import (
	"bytes"
	"iter"

	"github.com/go-json-experiment/json/jsontext"
)

// Span is the range [Start, End) of bytes that one JSON value takes in a text.
type Span struct{ Start, End int }

// Of gives the bytes of the span.
func (s Span) Of(raw []byte) Value { return Value(raw[s.Start:s.End]) }

// Members yields each member of a JSON object in the text's order: the name,
// unescaped, and where its value stands. It yields nothing for another value.
// The text must be valid JSON.
func Members(raw []byte) iter.Seq2[string, Span] {
	return func(yield func(string, Span) bool) {
		for name, span := range QuotedMembers(raw) {
			if !yield(unquoted(name, bytes.IndexByte(name, '\\') >= 0), span) {
				return
			}
		}
	}
}

// QuotedMembers is [Members] with each name as it is quoted in the text, which costs
// no memory.
func QuotedMembers(raw []byte) iter.Seq2[[]byte, Span] {
	return func(yield func([]byte, Span) bool) {
		i := skipSpace(raw, 0)
		if i >= len(raw) || raw[i] != '{' {
			return
		}
		for i = skipSpace(raw, i+1); i < len(raw) && raw[i] == '"'; i = nextItem(raw, i) {
			end, _ := stringEnd(raw, i)
			name := raw[i:end]
			i = skipSpace(raw, skipSpace(raw, end)+1)
			start := i
			i = skipValue(raw, i)
			if !yield(name, Span{start, i}) {
				return
			}
		}
	}
}

// Elements yields each element of a JSON array: its index and where it stands.
// It yields nothing for another value. The text must be valid JSON.
func Elements(raw []byte) iter.Seq2[int, Span] {
	return func(yield func(int, Span) bool) {
		i := skipSpace(raw, 0)
		if i >= len(raw) || raw[i] != '[' {
			return
		}
		i = skipSpace(raw, i+1)
		for index := 0; i < len(raw) && raw[i] != ']'; index++ {
			start := i
			i = skipValue(raw, i)
			if !yield(index, Span{start, i}) {
				return
			}
			i = nextItem(raw, i)
		}
	}
}

// Text gives the string that a JSON value is, and false for another value.
func Text(raw Value) (string, bool) {
	raw = bytes.TrimSpace(raw)
	if len(raw) < 2 || raw[0] != '"' {
		return "", false
	}
	return unquoted(raw, bytes.IndexByte(raw, '\\') >= 0), true
}

func unquoted(quoted []byte, escaped bool) string {
	if !escaped {
		return string(quoted[1 : len(quoted)-1])
	}
	text, _ := jsontext.AppendUnquote(nil, quoted)
	return string(text)
}

func skipSpace(raw []byte, i int) int {
	for i < len(raw) && (raw[i] == ' ' || raw[i] == '\n' || raw[i] == '\t' || raw[i] == '\r') {
		i++
	}
	return i
}

// nextItem goes from the end of an item past the comma, or to the closing bracket.
func nextItem(raw []byte, i int) int {
	i = skipSpace(raw, i)
	if i < len(raw) && raw[i] == ',' {
		return skipSpace(raw, i+1)
	}
	return i
}

// stringEnd gives the offset past the string that starts at i, and whether it has
// an escape.
// StringEnd gives the offset past the JSON string that starts at i, the length of the text
// where it does not end.
func StringEnd(raw []byte, i int) int {
	end, _ := stringEnd(raw, i)
	return end
}

func stringEnd(raw []byte, i int) (end int, escaped bool) {
	for j := i + 1; ; {
		k := bytes.IndexByte(raw[j:], '"')
		if k < 0 {
			return len(raw), escaped
		}
		k += j
		if bytes.IndexByte(raw[j:k], '\\') < 0 {
			return k + 1, escaped
		}
		escaped = true
		backslashes := 0
		for b := k - 1; b > i && raw[b] == '\\'; b-- {
			backslashes++
		}
		if backslashes%2 == 0 {
			return k + 1, escaped
		}
		j = k + 1
	}
}

// scalarEnd gives the offset past the number or literal that starts at i.
func scalarEnd(raw []byte, i int) int {
	for i < len(raw) {
		switch raw[i] {
		case ',', '}', ']', ' ', '\n', '\t', '\r':
			return i
		}
		i++
	}
	return i
}

// skipValue gives the offset past the value that starts at i, however deep it is.
func skipValue(raw []byte, i int) int {
	for depth := 0; i < len(raw); {
		switch raw[i] {
		case '"':
			i, _ = stringEnd(raw, i)
		case '{', '[':
			depth, i = depth+1, i+1
			continue
		case '}', ']':
			depth, i = depth-1, i+1
		case ',', ':', ' ', '\n', '\t', '\r':
			i++
			continue
		default:
			i = scalarEnd(raw, i)
		}
		if depth <= 0 {
			return i
		}
	}
	return i
}
