package sandbox

import (
	"errors"
	"maps"
	"os"
	"slices"
	"text/template"

	"plumbline/internal/reader/budget"
)

// Own is what an execution knows beside its data. The zero value knows nothing.
type Own struct {
	// Component gives the sections of a component of a stack, for
	// `atmos.Component "vpc" .stack`; nil where there is none to ask.
	Component func(component, stack string) (map[string]any, error)
	// Env gives a variable of the environment, or the text that stands for one that
	// is not known; nil makes the call an error.
	Env func(name string) (string, error)
	// Span counts what the execution takes for the budget of the reading that it is part
	// of; nil for no budget.
	Span *budget.Span
}

// ownError keeps an error of [Own] as it is through the engine.
type ownError struct{ err error }

func (e *ownError) Error() string { return e.err.Error() }
func (e *ownError) Unwrap() error { return e.err }

var errUnbound = errors.New("not available here")

func unbound() (any, error)             { return nil, &ownError{errUnbound} }
func unboundEnv(string) (string, error) { return "", &ownError{errUnbound} }

// funcs are those that are bound to the call itself.
func (c *call) funcs() template.FuncMap {
	return template.FuncMap{
		"atmos":     func() atmos { return atmos{c.own} },
		"regexp":    func() regexpSpace { return regexpSpace{c} },
		"env":       func(name string) (string, error) { return c.own.env(name) },
		"expandenv": func(text string) (string, error) { return c.own.expand(text) },
	}
}

func (o Own) env(name string) (string, error) {
	if o.Env == nil {
		return unboundEnv(name)
	}
	text, err := o.Env(name)
	if err != nil {
		return "", &ownError{err}
	}
	return text, nil
}

func (o Own) expand(text string) (string, error) {
	var failed error
	out := os.Expand(text, func(name string) string {
		v, err := o.env(name)
		failed = errors.Join(failed, err)
		return v
	})
	return out, failed
}

// atmos is the namespace of Atmos's own functions. What needs a cloud or a store is
// an error, so that the expression stays.
type atmos struct{ own Own }

// Component gives the sections of a component.
func (a atmos) Component(component, stack string) (any, error) {
	if a.own.Component == nil {
		return unbound()
	}
	sections, err := a.own.Component(component, stack)
	if err != nil {
		return nil, &ownError{err}
	}
	return sections, nil
}

// Store is never served.
func (atmos) Store(...any) (any, error) { return unbound() }

// GomplateDatasource is never served.
func (atmos) GomplateDatasource(...any) (any, error) { return unbound() }

// Resolve is never served.
func (atmos) Resolve(...any) (any, error) { return unbound() }

func collectKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
