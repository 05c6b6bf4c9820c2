// Package tfvars reads the attributes of a `.tfvars` or `.hcl` file: constants in HCL's
// native syntax, as `!include` takes them.
//
// Its one invariant: what is no constant is [ErrNotConstant], never a guess: blocks,
// references, functions, loops, templates. HashiCorp's own parser reads more, and would
// make the functions that read estates a third larger.
//
// Start at [Read]. Source: the HCL native syntax specification.
package tfvars

import (
	"errors"
	"strings"

	"plumbline/internal/reader/atmos/value"
)

// ErrNotConstant is the error for a text that is no list of attributes with constants.
var ErrNotConstant = errors.New("not attributes with constants")

const maxDepth = 200

// Read gives the attributes as YAML would have them: numbers are int, int64, uint64 or
// float64. One that stands twice is an error.
func Read(text string) (value.Map, error) {
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\xef\xbb\xbf"), "\r\n", "\n")
	s := &scanner{text: text}
	out := value.Map{}
	for s.space(true); s.at < len(s.text); s.space(true) {
		name := s.name()
		s.space(false)
		if _, twice := out[name]; name == "" || twice || !s.take("=") || s.looking("=") {
			return nil, ErrNotConstant
		}
		v, err := s.value(1)
		if err != nil {
			return nil, err
		}
		out[name] = v
		if s.space(false); s.at < len(s.text) && !s.take("\n") {
			return nil, ErrNotConstant
		}
	}
	return out, nil
}

// list reads the elements behind a bracket.
func (s *scanner) list(depth int) (any, error) {
	out := []any{}
	for s.space(true); !s.take("]"); s.space(true) {
		v, err := s.value(depth)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		if s.space(true); !s.take(",") && !s.looking("]") {
			return nil, ErrNotConstant
		}
	}
	return out, nil
}

// object reads the members behind a brace: a key is a name, a text or a number, and
// lines or commas part the members.
func (s *scanner) object(depth int) (any, error) {
	out := value.Map{}
	for s.space(true); !s.take("}"); s.space(true) {
		key, err := s.key()
		if err != nil {
			return nil, err
		}
		s.space(false)
		if !s.take("=") && !s.take(":") {
			return nil, ErrNotConstant
		}
		if out[key], err = s.value(depth); err != nil {
			return nil, err
		}
		if s.space(false); !s.take(",") && !s.looking("\n") && !s.looking("}") {
			return nil, ErrNotConstant
		}
	}
	return out, nil
}

func (s *scanner) key() (string, error) {
	if s.looking(`"`) {
		return s.quoted()
	}
	if name := s.name(); name != "" {
		return name, nil
	}
	return "", ErrNotConstant
}

var words = map[string]any{"true": true, "false": false, "null": nil}

func (s *scanner) value(depth int) (any, error) {
	if s.space(false); depth > maxDepth {
		return nil, ErrNotConstant
	}
	switch {
	case s.take("["):
		return s.list(depth + 1)
	case s.take("{"):
		return s.object(depth + 1)
	case s.looking(`"`):
		return s.quoted()
	case s.looking("<<"):
		return s.heredoc()
	}
	if n, ok := s.number(); ok {
		return n, nil
	}
	if v, ok := words[s.name()]; ok {
		return v, nil
	}
	return nil, ErrNotConstant
}
