package atmos

import (
	"io"
	"iter"

	"plumbline/internal/reader/atmos/value"
)

// Describe writes the selected components in the shape of `atmos describe stacks
// --format json`: stack, "components", type, name, section; keys sorted, indented by
// two spaces. Stacks and types without a selected component are left out. It keeps no
// more of the text than a few components at a time. The error is that of w.
func (out *Resolved) Describe(w io.Writer, f Filter) error {
	d := describer{}
	for c, text := range out.encoded(f) {
		d.component(c, text)
		if len(d.text) >= flushBytes {
			if _, err := w.Write(d.text); err != nil {
				return err
			}
			d.text = d.text[:0]
		}
	}
	d.end()
	_, err := w.Write(d.text)
	return err
}

const flushBytes = 64 << 10

// Levels of the nesting: a section stands below its component's name.
const (
	stackLevel = iota + 1
	componentsLevel
	typeLevel
	nameLevel
)

// describer writes the nesting as components change.
type describer struct {
	text       []byte
	open       int // the level of the innermost object that is open
	stack, typ string
}

func (d *describer) component(c *Component, section []byte) {
	switch {
	case d.open == 0:
		d.text = append(d.text, '{')
		d.into(stackLevel, c.Stack, false)
		d.into(componentsLevel, "components", false)
		d.into(typeLevel, c.Type, false)
		d.name(c.Name, false)
	case d.stack != c.Stack:
		d.close(stackLevel)
		d.into(stackLevel, c.Stack, true)
		d.into(componentsLevel, "components", false)
		d.into(typeLevel, c.Type, false)
		d.name(c.Name, false)
	case d.typ != c.Type:
		d.close(typeLevel)
		d.into(typeLevel, c.Type, true)
		d.name(c.Name, false)
	default:
		d.name(c.Name, true)
	}
	d.text = append(d.text, section...)
	d.stack, d.typ = c.Stack, c.Type
}

// into opens an object that is a member of that level's.
func (d *describer) into(level int, name string, another bool) {
	d.member(level, name, another)
	d.text = append(d.text, '{')
	d.open = level
}

func (d *describer) name(name string, another bool) { d.member(nameLevel, name, another) }

func (d *describer) member(level int, name string, another bool) {
	if another {
		d.text = append(d.text, ',')
	}
	d.line(level)
	d.text = append(value.AppendJSON(d.text, name, 0), ": "...)
}

func (d *describer) line(level int) {
	d.text = append(d.text, '\n')
	for range level {
		d.text = append(d.text, "  "...)
	}
}

// close ends the objects down to that level.
func (d *describer) close(level int) {
	for ; d.open >= level; d.open-- {
		d.line(d.open)
		d.text = append(d.text, '}')
	}
}

func (d *describer) end() {
	if d.open == 0 {
		d.text = append(d.text, "{}\n"...)
		return
	}
	d.close(stackLevel)
	d.text = append(d.text, "\n}\n"...)
}

// chunk is how many components are encoded before their order is waited for.
const chunk = 64

// encoded yields the selected components with their sections as JSON, in order,
// encoded by several goroutines. A text is valid until the next is asked for.
func (out *Resolved) encoded(f Filter) iter.Seq2[*Component, []byte] {
	return func(yield func(*Component, []byte) bool) {
		batch := make([]*Component, 0, chunk)
		texts := make([][]byte, chunk)
		flush := func() bool {
			parallel(len(batch), func(i int) {
				texts[i] = value.AppendJSON(texts[i][:0], batch[i].Section().Value, nameLevel)
			})
			for i, c := range batch {
				if !yield(c, texts[i]) {
					return false
				}
			}
			batch = batch[:0]
			return true
		}
		for c := range out.Components(f) {
			if batch = append(batch, c); len(batch) == chunk && !flush() {
				return
			}
		}
		flush()
	}
}
