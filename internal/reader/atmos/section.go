package atmos

import (
	"errors"
	"fmt"
	"slices"

	"plumbline/internal/reader/atmos/sandbox"
	"plumbline/internal/reader/atmos/value"
	"plumbline/internal/reader/budget"
)

// Section is a component's section as `atmos describe stacks` prints it.
type Section struct {
	// Value holds only nil, bool, int, int64, uint64, float64, string, []any and
	// map[string]any. Not to be changed.
	Value map[string]any
	// Unresolved are the expressions left in it, sorted by path. A component that has
	// any is partial.
	Unresolved []Unresolved

	asked []Reference // by templates
	// Workspace is [Component.Workspace], its templates evaluated.
	Workspace string
}

// Section evaluates the component's templates and functions, each time it is called.
func (c *Component) Section() Section {
	s := c.evaluated(inquiry{left: new(maxAsked)})
	s.Value = c.printed(s.Value)
	return s
}

// printed is an evaluated section as Atmos prints it.
func (c *Component) printed(section value.Map) value.Map {
	section = c.run.plain(section).(value.Map)
	if !c.run.config.includeEmpty && c.Type == "terraform" {
		return withoutEmpty(section)
	}
	return section
}

// written is the section with dates as the manifest has them.
func (c *Component) written() Section {
	s := c.evaluated(inquiry{left: new(maxAsked)})
	if c.run.odd.Load() {
		s.Value = value.Plain(value.Texts(s.Value)).(value.Map)
	}
	return s
}

// inquiry is how one component came to be asked for by another's templates.
type inquiry struct {
	by   []*Component
	left *int // how many more may be asked for, all in all
	// span is the work that the whole is part of.
	span *budget.Span
}

// maxAsked bounds how many components the templates of one may ask for, those of the
// components asked for included.
const maxAsked = 200

var (
	errCycle       = errors.New("components refer to each other in a circle")
	errNoComponent = errors.New("asks for a component that is not in its stack")
)

// evaluated gives the section for whoever asks.
func (c *Component) evaluated(asked inquiry) Section {
	return c.evaluatedKeeping(asked, c.run.estate.KeepFunctions)
}

// evaluatedKeeping leaves functions as they are where keep is set.
func (c *Component) evaluatedKeeping(asked inquiry, keep bool) Section {
	var s Section
	asked.by = append(asked.by[:len(asked.by):len(asked.by)], c)
	own := c.run.own(asked.span)
	own.Component = func(name, stack string) (map[string]any, error) {
		s.asked = append(s.asked, Reference{stack, name})
		if !c.IsEnabled() {
			return unasked(), nil
		}
		return c.run.other(asked, name, stack, keep)
	}
	p := newRenderer(c, own, keep)
	made, unresolved, functions := p.render()
	s.Workspace = p.workspace(made)
	if functions || c.run.functions.Load() {
		e := &evaluator{run: c.run, section: made, keep: keep, printed: c.run.described}
		made = e.evaluate()
		if !keep {
			made = c.combine(made, p, e)
		}
		unresolved = append(unresolved, e.unresolved...)
	}
	s.Value, s.Unresolved = made, sortUnresolved(unresolved)
	return s
}

// unasked is what a component that is disabled gets of another: sections that hold
// nothing, so that templates go on.
func unasked() value.Map {
	out := value.Map{"outputs": value.Map{}}
	for _, key := range []string{"vars", "settings", "env", "metadata", "providers", "hooks", "overrides", "backend"} {
		out[key] = value.Map{}
	}
	return out
}

// other gives the sections of a component to a template of another. Outputs are known
// only of a static backend.
func (r *run) other(asked inquiry, name, stack string, keep bool) (map[string]any, error) {
	found, ok := r.resolved.find(name, stack)
	if !ok {
		return nil, errNoComponent
	}
	if slices.Contains(asked.by, found) {
		return nil, errCycle
	}
	if *asked.left--; *asked.left < 0 {
		return nil, fmt.Errorf("%w: asks for more than %d components", sandbox.ErrLimit, maxAsked)
	}
	section := r.plain(found.evaluatedKeeping(asked, keep).Value).(value.Map)
	if section["remote_state_backend_type"] == "static" {
		return value.With(section, "outputs", section["remote_state_backend"]), nil
	}
	return section, nil
}

// withoutEmpty drops the sections that hold nothing.
func withoutEmpty(section value.Map) value.Map {
	var empty []string
	for key, v := range section {
		if m, ok := v.(value.Map); ok && len(m) == 0 {
			empty = append(empty, key)
		}
	}
	return value.Without(section, empty...)
}
