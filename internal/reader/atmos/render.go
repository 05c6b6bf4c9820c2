package atmos

import (
	"errors"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"plumbline/internal/reader/atmos/sandbox"
	"plumbline/internal/reader/atmos/value"
	"plumbline/internal/reader/budget"
)

// unrendered are the sections that templates do not reach.
var unrendered = []string{"component_info", "mocks"}

// render evaluates the templates of the component's section. Atmos renders the section's
// YAML as one text. Here each string is rendered as it stands in that text, by itself:
// the same, as long as the string is a whole template and what it makes stays on its
// line. Where that does not hold, the text is rendered whole. What cannot be
// evaluated keeps its expression, and is in left. Functions: the result may hold one
// that the section had not. Rule: Description.
func (p *renderer) render() (out value.Map, left []Unresolved, functions bool) {
	c := p.c
	if !c.run.config.templates {
		return c.section, nil, false
	}
	out = p.strings(c.section)
	if p.exceeded > maxExceeded {
		return c.section, []Unresolved{{Reason: "its templates exceed their limits, none was evaluated"}}, false
	}
	if p.whole {
		if made, err := p.document(value.Without(c.section, unrendered...)); err == nil {
			for _, key := range unrendered {
				if v, ok := c.section[key]; ok {
					made[key] = v
				}
			}
			return made, nil, true
		}
	}
	return out, p.unresolved, p.functions
}

func newRenderer(c *Component, own sandbox.Own, keep bool) *renderer {
	cfg := &c.run.config
	return &renderer{c: c, own: own, keep: keep, options: sandbox.Options{
		Left: cfg.left, Right: cfg.right, Functions: sandbox.Select(cfg.sprig, cfg.gomplate),
	}}
}

type renderer struct {
	c          *Component
	own        sandbox.Own
	keep       bool // functions stay as they are
	options    sandbox.Options
	data       any
	unresolved []Unresolved
	// whole: a string means something else by itself than in the text.
	whole bool
	// functions: something that was made may call one.
	functions bool
	// exceeded counts the strings whose templates ran into a limit.
	exceeded int
}

// maxExceeded is how many strings of a component may run into a limit before the
// component's templates are given up.
const maxExceeded = 10

// strings renders each string of the section by itself.
func (p *renderer) strings(section value.Map) value.Map {
	p.data = p.c.run.plain(section)
	var out value.Map
	path := make([]string, 0, 16)
	for key, item := range section {
		if slices.Contains(unrendered, key) {
			continue
		}
		if made, ok := p.walk(append(path, key), item); ok {
			out = value.Set(out, section, key, made)
		}
	}
	if out == nil {
		return section
	}
	return out
}

// walk is [value.Rewrite] of the strings that are templates. A template in a key means
// something only in the text as a whole.
func (p *renderer) walk(path []string, v any) (any, bool) {
	switch v := v.(type) {
	case string:
		if strings.Contains(v, p.options.Left) && p.exceeded <= maxExceeded {
			return p.text(path, v)
		}
	case value.Map:
		var out value.Map
		for key, item := range v {
			p.whole = p.whole || strings.Contains(key, p.options.Left)
			if made, ok := p.walk(append(path, key), item); ok {
				out = value.Set(out, v, key, made)
			}
		}
		return out, out != nil
	case []any:
		var out []any
		for i, item := range v {
			if made, ok := p.walk(append(path, "[]"), item); ok {
				if out == nil {
					out = slices.Clone(v)
				}
				out[i] = made
			}
		}
		return out, out != nil
	}
	return nil, false
}

func (p *renderer) text(path []string, text string) (any, bool) {
	made, err := p.one(text)
	if err != nil {
		if errors.Is(err, sandbox.ErrLimit) {
			p.exceeded++
		}
		p.unresolved = append(p.unresolved, unresolvedAt(path, text, err))
		return nil, false
	}
	text, isText := made.(string)
	p.functions = p.functions || !isText || strings.HasPrefix(text, "!")
	return made, true
}

// one renders one string as the value of a mapping of one key.
func (p *renderer) one(text string) (any, error) {
	encoded, err := p.c.run.encoded(p.parted(text))
	if err != nil {
		return nil, err
	}
	lines := strings.Count(encoded, "\n")
	trims := strings.Contains(encoded, "-"+p.options.Right) || strings.Contains(encoded, p.options.Left+"-")
	if strings.HasSuffix(encoded, "-"+p.options.Right+"\n") || lines > 1 && trims {
		p.whole = true
	}
	for range p.c.run.config.evaluations {
		t, err := p.c.run.template(encoded, p.options)
		if err != nil {
			var unknown *sandbox.UnknownFunctionError
			p.whole = p.whole || !errors.As(err, &unknown)
			return nil, err
		}
		p.whole = p.whole || !t.IsPlain()
		if encoded, err = t.Execute(p.data, p.own); err == nil {
			err = p.own.Span.Hold(len(encoded))
		}
		if err != nil {
			return nil, err
		}
	}
	if made, ok := simple(encoded); ok {
		return made, nil
	}
	doc, err := decodeText(encoded, p.own.Span)
	m, ok := doc.Value.(value.Map)
	if err != nil || !ok || len(m) != 1 || lines != strings.Count(encoded, "\n") {
		p.whole = true
		return nil, errors.New("what the template makes is not one value")
	}
	return reinferred(m["k"]), nil
}

// parted keeps the blank between `!template` and what it is to read, where that begins
// by a template which trims it.
func (p *renderer) parted(text string) string {
	name, argument := value.Function(text)
	rest, ok := strings.CutPrefix(argument, p.options.Left+"-")
	if name != "!template" || !ok || p.keep {
		return text
	}
	return name + " " + p.options.Left + rest
}

// simple reads the commonest result, a quoted string of one line.
func simple(encoded string) (string, bool) {
	text, ok := strings.CutPrefix(encoded, "k: '")
	if !ok {
		return "", false
	}
	text, ok = strings.CutSuffix(text, "'\n")
	return text, ok && !strings.ContainsAny(text, "'\n\r\t")
}

// encoded is the text of a mapping that holds the string alone.
func (r *run) encoded(text string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if made, ok := r.encodings[text]; ok {
		return made, nil
	}
	made, err := yaml.Marshal(map[string]string{"k": text})
	if err == nil {
		err = r.estate.Budget.Hold(2 * len(made))
	}
	if err == nil {
		r.encodings[text] = string(made)
	}
	return string(made), err
}

// document renders the section as one text.
func (p *renderer) document(body value.Map) (value.Map, error) {
	text, err := value.Encode(value.Rewrite(body, func(_ []string, v any) (any, bool) {
		text, ok := v.(string)
		return p.parted(text), ok && strings.HasPrefix(text, "!template")
	}))
	if err != nil {
		return nil, err
	}
	for range p.c.run.config.evaluations {
		t, err := sandbox.Parse(text, p.options)
		if err != nil {
			return nil, err
		}
		if text, err = t.Execute(p.data, p.own); err == nil {
			err = p.own.Span.Hold(len(text))
		}
		if err != nil {
			return nil, err
		}
	}
	doc, err := decodeText(text, p.own.Span)
	if err != nil {
		return nil, err
	}
	out, ok := reinferred(doc.Value).(value.Map)
	if !ok {
		return nil, errors.New("what the templates make is not a mapping")
	}
	return out, nil
}

// decodeText reads what a template made, for as long as the span lasts.
func decodeText(text string, span *budget.Span) (value.Document, error) {
	doc, err := value.Decode([]byte(text), "")
	if spent := span.Keep(doc.Weight, doc.Bytes); spent != nil {
		return doc, spent
	}
	return doc, err
}

// reinferred gives dates that arose from rendering as Atmos prints those.
func reinferred(v any) any {
	return value.Rewrite(v, func(_ []string, v any) (any, bool) {
		if stamp, ok := v.(value.Timestamp); ok {
			return stamp.RFC3339(), true
		}
		return nil, false
	})
}
