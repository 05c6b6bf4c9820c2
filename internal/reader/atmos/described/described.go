// Package described holds a resolved estate of Atmos manifests as a list of components
// with their sections: the snapshot that a scan leaves ([Save], [Load]), and the shape
// of `atmos describe stacks --format json` ([Write]). It knows neither manifests nor
// templates, so that what only shows an estate need not link them.
//
// Its one invariant: a list is sorted by stack, type and name, without repetition, and
// is never held whole: components pass one after another, and the same list gives the
// same bytes.
package described

import (
	"cmp"
	"fmt"
	"iter"

	"github.com/go-json-experiment/json/jsontext"
)

// Masked stands for a secret, as Atmos masks its own output. Rule of package atmos: Print.
const Masked = "***MASKED***"

// Component is one component of one stack.
type Component struct {
	Stack, Type, Name string
	// Section is what `atmos describe stacks` prints of it: valid JSON, an object whose
	// members are sorted at every depth.
	Section jsontext.Value
	// Unprocessed is the section with YAML functions left as their expressions, as with
	// `--process-functions=false`; nil where it is the same as Section.
	Unprocessed jsontext.Value
}

// compare orders components.
func (c *Component) compare(other *Component) int {
	return cmp.Or(cmp.Compare(c.Stack, other.Stack), cmp.Compare(c.Type, other.Type), cmp.Compare(c.Name, other.Name))
}

// Filter selects components; an empty field selects all.
type Filter struct{ Stack, Component, Type string }

// Selects reports whether a component of that stack, type and name is selected.
func (f Filter) Selects(stack, typ, name string) bool {
	return (f.Stack == "" || f.Stack == stack) && (f.Type == "" || f.Type == typ) && (f.Component == "" || f.Component == name)
}

// Of yields those of the components that are selected, and errors.
func (f Filter) Of(components iter.Seq2[Component, error]) iter.Seq2[Component, error] {
	return func(yield func(Component, error) bool) {
		for c, err := range components {
			if (err != nil || f.Selects(c.Stack, c.Type, c.Name)) && !yield(c, err) {
				return
			}
		}
	}
}

// inOrder calls each for one component after another, until one is not above the one
// before it, the list has an error, or each does.
func inOrder(components iter.Seq2[Component, error], each func(*Component) error) error {
	var last Component
	first := true
	for c, err := range components {
		if err != nil {
			return err
		}
		if !first && last.compare(&c) >= 0 {
			return fmt.Errorf("component %s/%s/%s is out of order", c.Stack, c.Type, c.Name)
		}
		if err := each(&c); err != nil {
			return err
		}
		last, first = Component{Stack: c.Stack, Type: c.Type, Name: c.Name}, false
	}
	return nil
}
