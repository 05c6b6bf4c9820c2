package sandbox

import (
	"fmt"
	"io"
	"reflect"
	"strings"
	"text/template"
	"time"
)

// call is one execution: the writer of its output, that counts, and what its functions
// are bound to.
type call struct {
	own      Own
	out      strings.Builder
	steps    int
	told     int // steps that the reading's budget knows of
	deadline time.Time
}

var _ io.Writer = (*call)(nil)

// Write implements [io.Writer] for the engine.
func (c *call) Write(p []byte) (int, error) {
	if err := c.step(1); err != nil {
		return 0, err
	}
	if c.out.Len()+len(p) > maxOutput {
		return 0, fmt.Errorf("%w: more than %d bytes of output", ErrLimit, maxOutput)
	}
	return c.out.Write(p)
}

// often is after how many steps the clock and the reading's budget are looked at.
const often = 256

func (c *call) step(n int) error {
	if c.steps += n; c.steps > maxSteps {
		return fmt.Errorf("%w: more than %d steps", ErrLimit, maxSteps)
	}
	if c.steps-c.told < often {
		return nil
	}
	if err := c.settle(); err != nil {
		return err
	}
	if time.Now().After(c.deadline) {
		return fmt.Errorf("%w: longer than %s", ErrLimit, maxTime)
	}
	return nil
}

// settle tells the reading's budget of the steps since the last time.
func (c *call) settle() error {
	n := c.steps - c.told
	c.told = c.steps
	if err := c.own.Span.Budget().Steps(n); err != nil {
		return err
	}
	return c.own.Span.Lap()
}

// bind gives functions that count for this call.
func (c *call) bind(functions map[string]any) template.FuncMap {
	out := make(template.FuncMap, len(functions))
	for name, f := range functions {
		out[name] = c.bound(name, f)
	}
	for name, f := range c.funcs() {
		if _, ok := functions[name]; ok {
			out[name] = f
		}
	}
	return out
}

// bound wraps a function: what it may take is counted before, and what it gives is
// weighed, and may be no larger than a value may be. A function that can make much of
// little has its arguments weighed, too, see bound.go. An error panics, which the engine
// turns into the execution's.
func (c *call) bound(name string, f any) any {
	v := reflect.ValueOf(f)
	return reflect.MakeFunc(v.Type(), func(args []reflect.Value) []reflect.Value {
		if err := c.step(cost(name, args)); err != nil {
			panic(err)
		}
		var out []reflect.Value
		if v.Type().IsVariadic() {
			out = v.CallSlice(args)
		} else {
			out = v.Call(args)
		}
		made := scale{}
		for _, result := range out {
			made.weigh(result, 0)
		}
		if made.over {
			panic(fmt.Errorf("%w: %s gives too large a value", ErrLimit, name))
		}
		if err := c.own.Span.Budget().Build(made.text + 16*made.elements); err != nil {
			panic(err)
		}
		return out
	}).Interface()
}
