package parallel

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
)

// Panic is a panic that was recovered, as an error. Its text tells no more of the
// value than its type, unless the Go runtime raised it: any other value may quote what
// was being read, and errors end in answers. [Trace] tells all, for a log.
type Panic struct {
	Value any
	// Stack is that of the goroutine that panicked.
	Stack []byte
}

// Error implements error.
func (p *Panic) Error() string {
	if fault, ok := p.Value.(runtime.Error); ok {
		return "panic: " + fault.Error()
	}
	return fmt.Sprintf("panic: a value of type %T", p.Value)
}

// Call calls do in the caller's own goroutine, and returns its error, or its panic as
// a [*Panic].
func Call(do func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = &Panic{Value: cause, Stack: debug.Stack()}
		}
	}()
	return do()
}

// Trace is the value and the stack of the panic that an error wraps, "" where it wraps
// none. It is for a log.
func Trace(err error) string {
	var p *Panic
	if !errors.As(err, &p) {
		return ""
	}
	return fmt.Sprintf("%v\n%s", p.Value, p.Stack)
}
