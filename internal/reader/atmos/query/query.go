// Package query evaluates the expressions that an `!include` may put behind its path, in
// the language of yq: `.networks["prod-eu"] // "10.0.0.0/16"`, `.list | length`.
//
// Its one invariant: it ends within bounds, and what it does not know is [ErrUnknown],
// never a guess. It knows paths, slices, `|`, `,`, `//`, `and`, `or`, comparisons,
// arithmetic, literals, lists, maps and the functions in functions.go; nothing of it
// reads anything but its value.
//
// Start at [Evaluate].
package query

import (
	"errors"
	"fmt"
)

// ErrUnknown is the error for an expression that is not known here, in whole or in part.
var ErrUnknown = errors.New("an expression that is not known here")

// ErrLimit is the error for an expression that takes too much.
var ErrLimit = errors.New("an expression that exceeds its limits")

const (
	maxText  = 16 << 10
	maxDepth = 200
	maxSteps = 200_000 // values that are made or looked at
	maxBytes = 1 << 20 // of texts that are made
)

// Evaluate gives what an expression makes of a value, which stays as it is: plain values
// as package value has them. It is an error for it to make several, or none.
func Evaluate(v any, text string) (any, error) {
	if len(text) > maxText {
		return nil, ErrLimit
	}
	tokens, err := scan(text)
	if err != nil {
		return nil, err
	}
	p := parser{tokens: tokens}
	f, err := p.pipe()
	if err == nil && p.at < len(p.tokens) {
		err = ErrUnknown
	}
	if err != nil {
		return nil, err
	}
	out, err := f(&machine{}, v)
	if err == nil && len(out) != 1 {
		err = fmt.Errorf("%w: it makes %d values", ErrUnknown, len(out))
	}
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// filter makes any number of values of one.
type filter func(m *machine, v any) ([]any, error)

// machine counts what an evaluation takes.
type machine struct{ steps, bytes int }

func (m *machine) step(n int) error {
	if m.steps += n; m.steps > maxSteps {
		return ErrLimit
	}
	return nil
}

func (m *machine) text(n int) error {
	if m.bytes += n; m.bytes > maxBytes {
		return ErrLimit
	}
	return nil
}

// one is a filter that makes one value.
func one(f func(m *machine, v any) (any, error)) filter {
	return func(m *machine, v any) ([]any, error) {
		if err := m.step(1); err != nil {
			return nil, err
		}
		out, err := f(m, v)
		return []any{out}, err
	}
}

// each runs a filter on every value that another makes.
func each(first, then filter) filter {
	return func(m *machine, v any) ([]any, error) {
		list, err := first(m, v)
		if err != nil {
			return nil, err
		}
		var out []any
		for _, item := range list {
			made, err := then(m, item)
			if err == nil {
				err = m.step(len(made))
			}
			if err != nil {
				return nil, err
			}
			out = append(out, made...)
		}
		return out, nil
	}
}
