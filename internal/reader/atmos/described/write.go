package described

import (
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Write writes components in the shape of `atmos describe stacks --format json`: stack,
// "components", type, name, section; keys sorted, indented by two spaces, HTML not
// escaped; "{}" where there is none. They come as for [Save]. It keeps a few components
// at a time; after an error what was written is no whole.
func Write(w io.Writer, components iter.Seq2[Component, error]) error {
	var n nesting
	err := inOrder(components, func(c *Component) error {
		if err := n.component(c); err != nil || len(n.text) < flushBytes {
			return err
		}
		_, err := w.Write(n.text)
		n.text = n.text[:0]
		return err
	})
	if err != nil {
		return err
	}
	n.end()
	_, err = w.Write(n.text)
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

// indented brings a section into its place.
var indented = slices.Concat(verbatim, []jsontext.Options{jsontext.WithIndent("  "), jsontext.WithIndentPrefix(strings.Repeat("  ", nameLevel))})

// nesting writes the objects around sections as components change.
type nesting struct {
	text       []byte
	open       int // the level of the innermost object that is open
	stack, typ string
}

func (n *nesting) component(c *Component) (err error) {
	switch {
	case n.open == 0:
		n.text = append(n.text, '{')
		n.into(stackLevel, c.Stack, false)
		n.into(componentsLevel, "components", false)
		n.into(typeLevel, c.Type, false)
		n.member(nameLevel, c.Name, false)
	case n.stack != c.Stack:
		n.close(stackLevel)
		n.into(stackLevel, c.Stack, true)
		n.into(componentsLevel, "components", false)
		n.into(typeLevel, c.Type, false)
		n.member(nameLevel, c.Name, false)
	case n.typ != c.Type:
		n.close(typeLevel)
		n.into(typeLevel, c.Type, true)
		n.member(nameLevel, c.Name, false)
	default:
		n.member(nameLevel, c.Name, true)
	}
	n.stack, n.typ = c.Stack, c.Type
	n.text, err = jsontext.AppendFormat(n.text, c.Section, indented...)
	return err
}

// into opens an object that is a member of that level's.
func (n *nesting) into(level int, name string, another bool) {
	n.member(level, name, another)
	n.text = append(n.text, '{')
	n.open = level
}

func (n *nesting) member(level int, name string, another bool) {
	if another {
		n.text = append(n.text, ',')
	}
	n.line(level)
	n.text, _ = jsontext.AppendQuote(n.text, name) // what is not UTF-8 is replaced
	n.text = append(n.text, ": "...)
}

func (n *nesting) line(level int) {
	n.text = append(n.text, '\n')
	for range level {
		n.text = append(n.text, "  "...)
	}
}

// close ends the objects down to that level.
func (n *nesting) close(level int) {
	for ; n.open >= level; n.open-- {
		n.line(n.open)
		n.text = append(n.text, '}')
	}
}

func (n *nesting) end() {
	if n.open == 0 {
		n.text = append(n.text, "{}\n"...)
		return
	}
	n.close(stackLevel)
	n.text = append(n.text, "\n}\n"...)
}
