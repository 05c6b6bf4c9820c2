package atmos

import (
	"path"
	"strings"

	"plumbline/internal/reader/atmos/value"
)

// derive finds the real workspace and folder of a component from what is printed: the
// printed workspace leaves out the component, the printed folder an inherited
// metadata.component. With both terraform_workspace and a pattern the printed one
// stays: whether the pattern sees variables is not told. Rule: Workspaces.
func (c *Component) derive() {
	base := c.base(c.section)
	printed := value.Text(c.section, "component_info", "component_path")
	if folder, ok := strings.CutSuffix(printed, c.over); ok && c.over != "" {
		printed = path.Join(folder, base)
	}
	c.Path = printed
	c.Workspace = value.Text(c.section, "workspace")
	if c.Type != "terraform" || c.Workspace == "" || base == c.Name {
		return
	}
	vars := value.Mapping(c.section, "vars")
	pattern := value.Text(c.section, "metadata", "terraform_workspace_pattern")
	template, explicit := value.Text(c.section, "metadata", "terraform_workspace_template"), value.Text(c.section, "metadata", "terraform_workspace")
	switch {
	case template != "" && explicit == "": // is given to Terraform as it is printed
	case pattern != "" && c.Workspace == flat(fill(pattern, vars, "", "")):
		c.Workspace = flat(fill(pattern, vars, c.Name, base))
	case pattern != "" && c.Workspace == flat(fill(pattern, nil, "", "")):
		c.Workspace = flat(fill(pattern, nil, c.Name, base))
	case c.Workspace == flat(c.Stack):
		c.Workspace = flat(c.Stack + "-" + c.Name)
	}
}

// flat is a name as a workspace may be called.
func flat(name string) string { return strings.ReplaceAll(name, "/", "-") }
