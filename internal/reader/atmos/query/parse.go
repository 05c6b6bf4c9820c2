package query

import (
	"slices"
	"strconv"

	"plumbline/internal/reader/atmos/value"
)

type parser struct {
	tokens    []token
	at, depth int
}

func (p *parser) peek() token {
	if p.at < len(p.tokens) {
		return p.tokens[p.at]
	}
	return token{kind: -1}
}

// take goes on past a sign or name that is one of the texts, and gives it.
func (p *parser) take(k kind, texts ...string) string {
	if t := p.peek(); t.kind == k && slices.Contains(texts, t.text) {
		p.at++
		return t.text
	}
	return ""
}

func (p *parser) pipe() (filter, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, ErrLimit
	}
	defer func() { p.depth-- }()
	f, err := p.several()
	for err == nil && p.take(sign, "|") != "" {
		var then filter
		if then, err = p.several(); err == nil {
			f = each(f, then)
		}
	}
	return f, err
}

func (p *parser) several() (filter, error) {
	f, err := p.alternative()
	for err == nil && p.take(sign, ",") != "" {
		var more filter
		if more, err = p.alternative(); err == nil {
			f = both(f, more)
		}
	}
	return f, err
}

func both(a, b filter) filter {
	return func(m *machine, v any) ([]any, error) {
		left, err := a(m, v)
		if err != nil {
			return nil, err
		}
		right, err := b(m, v)
		if err == nil {
			err = m.step(len(left) + len(right))
		}
		return append(slices.Clone(left), right...), err
	}
}

// alternative is `a // b`: what of a is neither null nor false, else b.
func (p *parser) alternative() (filter, error) {
	f, err := p.binary(0)
	for err == nil && p.take(sign, "//") != "" {
		var other filter
		if other, err = p.binary(0); err == nil {
			f = orElse(f, other)
		}
	}
	return f, err
}

func orElse(a, b filter) filter {
	return func(m *machine, v any) ([]any, error) {
		list, err := a(m, v)
		if err != nil {
			return nil, err
		}
		if list = slices.DeleteFunc(slices.Clone(list), func(v any) bool { return !isTrue(v) }); len(list) > 0 {
			return list, nil
		}
		return b(m, v)
	}
}

// levels are the operators of two values, the loosest first.
var levels = []struct {
	kind  kind
	texts []string
}{
	{name, []string{"or"}}, {name, []string{"and"}}, {sign, []string{"==", "!=", "<", "<=", ">", ">="}},
	{sign, []string{"+", "-"}}, {sign, []string{"*", "/", "%"}},
}

func (p *parser) binary(level int) (filter, error) {
	if level == len(levels) {
		return p.postfix()
	}
	f, err := p.binary(level + 1)
	for err == nil {
		operator := p.take(levels[level].kind, levels[level].texts...)
		if operator == "" {
			break
		}
		var right filter
		if right, err = p.binary(level + 1); err == nil {
			f = operate(operator, f, right)
		}
	}
	return f, err
}

// postfix is a term with what follows it: `.a[0]?.b`.
func (p *parser) postfix() (filter, error) {
	f, err := p.term()
	for err == nil {
		t := p.peek()
		switch {
		case !t.tight:
			return f, nil
		case t.kind == field:
			p.at++
			f = each(f, member(t.text))
		case t.kind == sign && t.text == "[":
			var then filter
			if then, err = p.index(); err == nil {
				f = each(f, then)
			}
		case t.kind == sign && t.text == "." && p.at+1 < len(p.tokens) && p.tokens[p.at+1].text == "[":
			p.at++
		case t.kind == sign && t.text == "?":
			p.at++ // a path that leads nowhere is null anyway
		default:
			return f, nil
		}
	}
	return f, err
}

func (p *parser) term() (filter, error) {
	t := p.peek()
	p.at++
	switch t.kind {
	case field:
		return member(t.text), nil
	case text:
		return constant(t.text), nil
	case number:
		return numeral(t.text)
	case name:
		return p.named(t.text)
	case sign:
		return p.signed(t.text)
	}
	return nil, ErrUnknown
}

func (p *parser) signed(s string) (filter, error) {
	switch s {
	case ".":
		return one(func(_ *machine, v any) (any, error) { return v, nil }), nil
	case "-":
		if t := p.peek(); t.kind == number && t.tight {
			p.at++
			return numeral("-" + t.text)
		}
	case "(":
		f, err := p.pipe()
		return f, p.closing(")", err)
	case "[":
		if p.take(sign, "]") != "" {
			return constant([]any{}), nil
		}
		f, err := p.pipe()
		return gathered(f), p.closing("]", err)
	case "{":
		return p.object()
	}
	return nil, ErrUnknown
}

func (p *parser) closing(s string, err error) error {
	if err == nil && p.take(sign, s) == "" {
		return ErrUnknown
	}
	return err
}

// index is what stands in brackets behind a value: `[]`, `[0]`, `["a"]`, `[1:3]`.
func (p *parser) index() (filter, error) {
	p.at++
	if p.take(sign, "]") != "" {
		return elements, nil
	}
	var from, to filter
	var err error
	if p.peek().text != ":" {
		from, err = p.pipe()
	}
	if err == nil && p.take(sign, ":") != "" {
		if p.peek().text != "]" {
			to, err = p.pipe()
		}
		return slice(from, to), p.closing("]", err)
	}
	return lookup(from), p.closing("]", err)
}

// object is `{a: .b, "c": 1, d}`.
func (p *parser) object() (filter, error) {
	var keys []string
	var values []filter
	for p.take(sign, "}") == "" {
		t := p.peek()
		if p.at++; t.kind != name && t.kind != text || len(keys) > 0 && len(keys) > maxDepth {
			return nil, ErrUnknown
		}
		f := member(t.text)
		if p.take(sign, ":") != "" {
			var err error
			if f, err = p.alternative(); err != nil {
				return nil, err
			}
		}
		keys, values = append(keys, t.text), append(values, f)
		if p.take(sign, ",") == "" && p.peek().text != "}" {
			return nil, ErrUnknown
		}
	}
	return one(func(m *machine, v any) (any, error) {
		out := make(value.Map, len(keys))
		for i, f := range values {
			made, err := single(m, f, v)
			if err != nil {
				return nil, err
			}
			out[keys[i]] = made
		}
		return out, m.step(len(out))
	}), nil
}

func constant(v any) filter { return one(func(*machine, any) (any, error) { return v, nil }) }

func numeral(text string) (filter, error) {
	if n, err := strconv.Atoi(text); err == nil {
		return constant(n), nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, ErrUnknown
	}
	return constant(f), nil
}
