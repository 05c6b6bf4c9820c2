package atmos

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"plumbline/internal/reader/atmos/value"
)

// ErrConfig is in the error of [Engine.Resolve] when nothing of the estate can be
// read: no usable atmos.yaml, or no manifest that it includes.
var ErrConfig = errors.New("unusable atmos configuration")

// Problem is one fault at one place. The rest of the estate is not affected, beyond
// what imports the file.
type Problem struct {
	// File is the object's path, Line the line in it from 1; "" and 0 where not known.
	File string
	Line int
	// Manifest is the id of the top-level manifest that was lost, or that holds the
	// component; Top is the path of one that was lost.
	Manifest, Top string
	// Component is "type/name" where the fault concerns that component alone; Stack is
	// that of the component, "" where it is not known.
	Component, Stack string
	// Finding: nothing was lost, see [Problem.Reason] for what deserves a look.
	Finding bool
	// Reason never quotes a value of the manifest.
	Reason string
}

// String gives "file:line: component: reason".
func (p Problem) String() string {
	var b strings.Builder
	if b.WriteString(p.File); p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	if p.Component != "" {
		fmt.Fprintf(&b, ": %s", p.Component)
	}
	return b.String() + ": " + p.Reason
}

func sortProblems(list []Problem) []Problem {
	slices.SortFunc(list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Manifest, b.Manifest),
			cmp.Compare(a.Component, b.Component), cmp.Compare(a.Reason, b.Reason))
	})
	return slices.Compact(list)
}

// fault is an error with its place.
type fault struct {
	file   string
	line   int
	reason string
}

func (f *fault) Error() string {
	return Problem{File: f.file, Line: f.line, Reason: f.reason}.String()
}

func faultf(file string, line int, format string, args ...any) error {
	return &fault{file, line, fmt.Sprintf(format, args...)}
}

// inFile gives an error its file where it has none.
func inFile(file string, err error) error {
	var placed *fault
	var syntax *value.Fault
	var path *fs.PathError
	switch {
	case errors.As(err, &placed):
		return err
	case errors.As(err, &syntax):
		return &fault{file, syntax.Line, syntax.Reason}
	case errors.As(err, &path):
		return fmt.Errorf("%s: %w", file, err)
	}
	return &fault{file, 0, err.Error()}
}

// problemOf tells an error as a problem of a manifest.
func problemOf(manifest, file string, err error) Problem {
	var placed *fault
	if errors.As(inFile(file, err), &placed) {
		return Problem{File: placed.file, Line: placed.line, Manifest: manifest, Top: file, Reason: placed.reason}
	}
	return Problem{File: file, Manifest: manifest, Top: file, Reason: err.Error()}
}

// first gives one of two errors, the same whichever came first: maps have no order.
func first(a, b error) error {
	if a == nil || b != nil && b.Error() < a.Error() {
		return b
	}
	return a
}
