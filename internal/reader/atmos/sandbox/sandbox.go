// Package sandbox runs Go templates that nobody vouches for.
//
// Its one invariant: every execution ends, in bounded time, output and memory, and
// reads nothing but its data. The bounds of one execution:
//
//	text      256 KiB
//	output    4 MiB
//	steps     200,000: one for each text, value, pass of a loop and template called, and
//	          for every call one for each 10 µs or so that it may take, see cost.go
//	time      2 s
//	a value   1 MiB of text or 20,000 elements, whoever makes it
//	template calls nested 200 deep
//
// They bound a part; what all executions of a reading take together is its budget, see
// [Own.Span]. Loops are counted through the writer: each body begins with an empty text,
// which the engine writes like any other. Functions are wrapped: see call.go. Those that
// read a clock, a random source, the environment or the network do not exist.
//
// Start at [Parse].
package sandbox

import (
	"errors"
	"fmt"
	"sync"
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
	trees   map[string]*parse.Tree
	missing string
	// functions are those that it calls, by name.
	functions map[string]any
	mutates   bool
	plain     bool
	idle      sync.Pool // of *instance
}

// Parse parses a text.
func Parse(text string, o Options) (*Template, error) {
	if len(text) > maxText {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrLimit, maxText)
	}
	out := &Template{trees: map[string]*parse.Tree{}, missing: "missingkey=default", functions: map[string]any{}}
	if o.Strict {
		out.missing = "missingkey=error"
	}
	root := parse.New("")
	root.Mode = parse.SkipFuncCheck
	if _, err := root.Parse(text, o.Left, o.Right, out.trees); err != nil {
		return nil, parseError(err)
	}
	out.plain = len(out.trees) <= 1
	for _, tree := range out.trees {
		if tree.Root == nil {
			continue
		}
		w := walker{functions: o.Functions.funcs, out: out}
		w.list(tree.Root, true)
		switch {
		case w.unknown != "":
			return nil, &UnknownFunctionError{w.unknown}
		case w.depth > maxNested:
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
	in, err := t.instance()
	if err != nil {
		return "", err
	}
	if t.mutates {
		data = deepCopy(data)
	}
	*in.call = call{own: own, deadline: time.Now().Add(maxTime)}
	err = in.engine.Execute(in.call, data)
	out := in.call.out.String()
	if spent := in.call.settle(); spent != nil {
		err = spent
	}
	*in.call = call{} // keeps nothing of the data
	if t.idle.Put(in); err != nil {
		return "", executeError(err)
	}
	return out, nil
}

// instance is the engine's form of a template, whose functions are bound to one call at
// a time.
type instance struct {
	engine *template.Template
	call   *call
}

func (t *Template) instance() (*instance, error) {
	if in, ok := t.idle.Get().(*instance); ok {
		return in, nil
	}
	in := &instance{call: &call{}}
	in.engine = template.New("").Option(t.missing).Funcs(in.call.bind(t.functions))
	for name, tree := range t.trees {
		if _, err := in.engine.AddParseTree(name, tree); err != nil {
			return nil, parseError(err)
		}
	}
	return in, nil
}
