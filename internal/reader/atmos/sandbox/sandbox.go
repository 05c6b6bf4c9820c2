// Package sandbox runs Go templates that nobody vouches for.
//
// Its one invariant: every execution ends, in bounded time, output and memory, and
// reads nothing but its data. The bounds:
//
//	text      256 KiB
//	output    4 MiB
//	steps     200,000: one for each text, value, pass of a loop and template called
//	time      2 s
//	a value   1 MiB of text or 20,000 elements, whoever makes it
//	template calls nested 200 deep
//
// Loops are counted through the writer: each body begins with an empty text, which
// the engine writes like any other. Functions are wrapped: see bound.go. Those that
// read a clock, a random source, the environment or the network do not exist.
//
// Start at [Parse].
package sandbox

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/template"
	"text/template/parse"
	"time"
)

const (
	maxText   = 256 << 10
	maxOutput = 4 << 20
	maxSteps  = 200_000
	maxTime   = 2 * time.Second
	maxNested = 200
)

// ErrLimit is in the error of a template that ran into one of the bounds.
var ErrLimit = errors.New("template exceeds its limits")

// UnknownFunctionError is the error for a template that calls what does not exist
// here: a misspelt function, or one that is not pure. Its text does not quote the name.
type UnknownFunctionError struct{ Name string }

func (e *UnknownFunctionError) Error() string {
	return "calls a function that is not defined"
}

// Options of a template.
type Options struct {
	// Left and Right are the delimiters; "" for {{ and }}.
	Left, Right string
	// Strict makes a missing key an error; else it prints "<no value>".
	Strict bool
	// Functions are what the template may call beside Go's own.
	Functions *Functions
}

// Template is a parsed template. Safe for concurrent use.
type Template struct {
	template *template.Template
	// own: it calls functions that are bound at execution.
	own     bool
	mutates bool
	plain   bool
}

// Parse parses a text.
func Parse(text string, o Options) (*Template, error) {
	if len(text) > maxText {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrLimit, maxText)
	}
	missing := "missingkey=default"
	if o.Strict {
		missing = "missingkey=error"
	}
	t, err := template.New("").Delims(o.Left, o.Right).Option(missing).Funcs(o.Functions.funcs).Parse(text)
	if err != nil {
		return nil, parseError(err)
	}
	out := &Template{template: t, plain: len(t.Templates()) <= 1}
	for _, inner := range t.Templates() {
		if inner.Tree == nil || inner.Root == nil {
			continue
		}
		w := walker{functions: o.Functions, out: out}
		w.list(inner.Root, true)
		if w.depth > maxNested {
			return nil, fmt.Errorf("%w: nested too deep", ErrLimit)
		}
	}
	return out, nil
}

// IsPlain reports whether the template is a sequence of texts, values and closed
// blocks that leaves no variable and no definition behind: it means the same within a
// longer one.
func (t *Template) IsPlain() bool { return t.plain }

// Execute runs the template on data, which it does not change.
func (t *Template) Execute(data any, own Own) (string, error) {
	engine := t.template
	if t.own {
		clone, err := engine.Clone()
		if err != nil {
			return "", err
		}
		engine = clone.Funcs(own.funcs())
	}
	if t.mutates {
		data = deepCopy(data)
	}
	w := &meter{deadline: time.Now().Add(maxTime)}
	if err := engine.Execute(w, data); err != nil {
		return "", executeError(err)
	}
	return w.out.String(), nil
}

// meter is the writer that counts.
type meter struct {
	out      strings.Builder
	steps    int
	deadline time.Time
}

func (m *meter) Write(p []byte) (int, error) {
	m.steps++
	switch {
	case m.steps > maxSteps:
		return 0, fmt.Errorf("%w: more than %d steps", ErrLimit, maxSteps)
	case m.steps%256 == 0 && time.Now().After(m.deadline):
		return 0, fmt.Errorf("%w: longer than %s", ErrLimit, maxTime)
	case m.out.Len()+len(p) > maxOutput:
		return 0, fmt.Errorf("%w: more than %d bytes of output", ErrLimit, maxOutput)
	}
	return m.out.Write(p)
}

var _ io.Writer = (*meter)(nil)

// walker prepares a tree: it puts the counting texts in and notes what it calls.
type walker struct {
	functions  *Functions
	out        *Template
	now, depth int
}

func (w *walker) list(list *parse.ListNode, body bool) {
	if list == nil {
		return
	}
	w.now++
	w.depth = max(w.depth, w.now)
	top := w.now == 1
	for _, node := range list.Nodes {
		switch node := node.(type) {
		case *parse.ActionNode:
			w.plain(!top || len(node.Pipe.Decl) == 0)
			w.pipe(node.Pipe)
		case *parse.IfNode:
			w.branch(&node.BranchNode, false)
		case *parse.WithNode:
			w.branch(&node.BranchNode, false)
		case *parse.RangeNode:
			w.branch(&node.BranchNode, true)
		case *parse.TemplateNode:
			w.plain(false)
			w.pipe(node.Pipe)
		}
	}
	if body {
		list.Nodes = append([]parse.Node{&parse.TextNode{NodeType: parse.NodeText}}, list.Nodes...)
	}
	w.now--
}

func (w *walker) plain(ok bool) { w.out.plain = w.out.plain && ok }

func (w *walker) branch(b *parse.BranchNode, loop bool) {
	w.pipe(b.Pipe)
	w.list(b.List, loop)
	w.list(b.ElseList, false)
}

func (w *walker) pipe(p *parse.PipeNode) {
	if p == nil {
		return
	}
	for _, command := range p.Cmds {
		for _, arg := range command.Args {
			w.arg(arg)
		}
	}
}

func (w *walker) arg(node parse.Node) {
	switch node := node.(type) {
	case *parse.IdentifierNode:
		w.out.own = w.out.own || ownNames[node.Ident]
		w.out.mutates = w.out.mutates || mutators[node.Ident]
	case *parse.PipeNode:
		w.pipe(node)
	case *parse.ChainNode:
		w.arg(node.Node)
	}
}
