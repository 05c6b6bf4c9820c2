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
}

// Section evaluates the component's templates and functions, each time it is called.
func (c *Component) Section() Section { return c.evaluated(nil) }

var errCycle = errors.New("components refer to each other in a circle")

// evaluated gives the section; asking are the components whose templates ask for it.
func (c *Component) evaluated(asking []*Component) Section {
	own := c.run.own()
	own.Component = func(name, stack string) (map[string]any, error) {
		return c.other(append(asking[:len(asking):len(asking)], c), name, stack)
	}
	made, unresolved, functions := c.render(own)
	var more []Unresolved
	if functions || c.run.functions.Load() {
		made, more = c.evaluate(made, c.run.estate.KeepFunctions)
	}
	made = c.run.plain(made).(value.Map)
	if !c.run.config.includeEmpty && c.Type == "terraform" {
		made = withoutEmpty(made)
	}
	return Section{Value: made, Unresolved: sortUnresolved(append(unresolved, more...))}
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
	section := found.evaluated(asking).Value
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
