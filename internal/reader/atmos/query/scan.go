package query

import (
	"encoding/json"
	"strings"
)

type kind int

const (
	field  kind = iota // .name, ."name"
	name               // keys, and, true
	number             // 12, 1.5
	text               // "..."
	sign               // one of signs
)

type token struct {
	kind kind
	text string
	// tight: no white space stands before it.
	tight bool
}

// signs, the longer of two that begin alike first.
var signs = []string{"//", "==", "!=", "<=", ">=", "<", ">", "|", ",", "(", ")", "[", "]", "{", "}", ":", "+", "-", "*", "/", "%", "?", "."}

func scan(source string) ([]token, error) {
	var out []token
	for at := 0; at < len(source); {
		c := source[at]
		if c == ' ' || c == '\t' || c == '\n' || c == '\r' {
			at++
			continue
		}
		t, size := next(source[at:])
		if size == 0 {
			return nil, ErrUnknown
		}
		t.tight = at > 0 && !strings.ContainsRune(" \t\r\n", rune(source[at-1]))
		out = append(out, t)
		at += size
	}
	return out, nil
}

// next reads one token and gives its length, 0 where there is none.
func next(source string) (token, int) {
	switch c := source[0]; {
	case c == '"':
		content, size := quoted(source)
		return token{kind: text, text: content}, size
	case c == '.' && len(source) > 1 && source[1] == '"':
		content, size := quoted(source[1:])
		if size == 0 {
			return token{}, 0
		}
		return token{kind: field, text: content}, size + 1
	case c == '.' && len(source) > 1 && isName(source[1]):
		end := span(source, 1, func(c byte) bool { return isName(c) || c == '-' })
		return token{kind: field, text: source[1:end]}, end
	case c >= '0' && c <= '9':
		end := span(source, 0, func(c byte) bool { return c >= '0' && c <= '9' || c == '.' || c == 'e' || c == 'E' })
		return token{kind: number, text: source[:end]}, end
	case isName(c):
		end := span(source, 0, isName)
		return token{kind: name, text: source[:end]}, end
	}
	for _, s := range signs {
		if strings.HasPrefix(source, s) {
			return token{kind: sign, text: s}, len(s)
		}
	}
	return token{}, 0
}

// isName holds of what a name is made of: letters of any script, digits, underscores.
func isName(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func span(source string, from int, in func(byte) bool) int {
	for from < len(source) && in(source[from]) {
		from++
	}
	return from
}

// quoted reads a text in JSON's quotes.
func quoted(source string) (content string, size int) {
	for i := 1; i < len(source); i++ {
		switch source[i] {
		case '\\':
			i++
		case '"':
			if json.Unmarshal([]byte(source[:i+1]), &content) != nil {
				return "", 0
			}
			return content, i + 1
		}
	}
	return "", 0
}
