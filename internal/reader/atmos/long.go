package atmos

import "fmt"

// maxNameBytes bounds the names of stacks, components and workspaces, and the paths of
// components. They are made anew for each component, so that one long text would stand
// in memory as often. No entity has a name as long.
const maxNameBytes = 4 << 10

// short reports a name that is too long, without quoting it.
func short(what, name string) error {
	if len(name) > maxNameBytes {
		return fmt.Errorf("%s is longer than %d bytes", what, maxNameBytes)
	}
	return nil
}

// shortNames holds what was derived for a component against the bound.
func (c *Component) shortNames(printed string) error {
	return first(short("the workspace", c.Workspace), first(short("the workspace", printed), short("the path", c.Path)))
}
