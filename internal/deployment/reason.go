package deployment

import (
	"fmt"
	"strings"
)

// Reason is the finding in one sentence, for people.
func (f *Finding) Reason() string {
	switch f.Kind {
	case NotDeployed:
		return f.Component.undeployed(f.State)
	case NotDeclared:
		return fmt.Sprintf("The state holds %s, and no component declares it.", f.State.amount())
	case DisabledDeployed:
		return fmt.Sprintf("The component is %s, and its state still holds %s.", f.Component.standing(), f.State.amount())
	case Mismatch:
		return f.Component.misplaced(f.State, f.Differences)
	}
	return ""
}

// undeployed says why a component counts as not deployed.
func (c *Component) undeployed(empty *State) string {
	expected := c.ExpectedURI()
	switch {
	case empty != nil:
		return "The component is enabled, and its state holds no resources."
	case expected != "":
		return "The component is enabled, and no state is recorded for it, which should lie at " + expected + "."
	case c.BackendType != "" && c.BackendType != backendS3:
		return "The component is enabled, and no state is recorded for it; its backend is " + c.BackendType + "."
	}
	return "The component is enabled, and no state is recorded for it."
}

// standing says why a component is not to be deployed.
func (c *Component) standing() string {
	if c.Abstract {
		return "abstract"
	}
	return "disabled"
}

// misplaced says where a state lies instead.
func (c *Component) misplaced(s *State, differences []Difference) string {
	parts := make([]string, len(differences))
	for i, d := range differences {
		parts[i] = fmt.Sprintf("%s is %q instead of %q", d.Part, d.Found, d.Expected)
	}
	return "The state lies at " + s.URI + ", where the component does not put it: " + strings.Join(parts, ", ") + "."
}

// amount says how much a state holds.
func (s *State) amount() string {
	switch s.Resources {
	case Uncounted:
		return "resources"
	case 1:
		return "1 resource"
	}
	return fmt.Sprintf("%d resources", s.Resources)
}
