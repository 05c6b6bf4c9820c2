package atmos

import (
	"errors"
	"fmt"

	"plumbline/internal/reader/atmos/sandbox"
	"plumbline/internal/reader/atmos/value"
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
}

// Section evaluates the component's templates and functions, each time it is called.
func (c *Component) Section() Section {
	s := c.evaluated(nil)
	s.Value = c.run.plain(s.Value).(value.Map)
	if !c.run.config.includeEmpty && c.Type == "terraform" {
		s.Value = withoutEmpty(s.Value)
	}
	return s
}

// written is the section with dates as the manifest has them.
func (c *Component) written() Section {
	s := c.evaluated(nil)
	if c.run.odd.Load() {
		s.Value = value.Plain(value.Texts(s.Value)).(value.Map)
	}
	return s
}

var errCycle = errors.New("components refer to each other in a circle")

// evaluated gives the section; asking are the components whose templates ask for it.
func (c *Component) evaluated(asking []*Component) Section {
	var s Section
	own := c.run.own()
	own.Component = func(name, stack string) (map[string]any, error) {
		s.asked = append(s.asked, Reference{stack, name})
		return c.other(append(asking[:len(asking):len(asking)], c), name, stack)
	}
	made, unresolved, functions := c.render(own)
	var more []Unresolved
	if functions || c.run.functions.Load() {
		made, more = c.evaluate(made, c.run.estate.KeepFunctions)
	}
	s.Value, s.Unresolved = made, sortUnresolved(append(unresolved, more...))
	return s
}

// other gives the sections of another component to a template. Outputs are known
// only of a static backend.
func (c *Component) other(asking []*Component, name, stack string) (map[string]any, error) {
	found, ok := c.run.resolved.find(name, stack)
	if !ok {
		return nil, fmt.Errorf("component %s is not in stack %s", name, stack)
	}
	for _, earlier := range asking {
		if earlier == found {
			return nil, errCycle
		}
	}
	if len(asking) > maxAsking {
		return nil, sandbox.ErrLimit
	}
	section := c.run.plain(found.evaluated(asking).Value).(value.Map)
	if section["remote_state_backend_type"] == "static" {
		return value.With(section, "outputs", section["remote_state_backend"]), nil
	}
	return section, nil
}

// maxAsking bounds how far components may ask for one another.
const maxAsking = 8

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
