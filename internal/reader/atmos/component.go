package atmos

import (
	"fmt"
	"path"
	"strings"

	"plumbline/internal/reader/atmos/merge"
	"plumbline/internal/reader/atmos/value"
)

// Component is one component of one stack. Safe for concurrent use.
type Component struct {
	Stack, Type, Name string
	// Manifest is the id of the top-level manifest that it is of, "orgs/acme/prod".
	// Manifests are all that define it, sorted; the last one counts.
	Manifest  string
	Manifests []string
	// Workspace is the Terraform workspace that it is deployed to, "" for other types.
	Workspace string
	// Path is its folder below the repository's root, "" where its type has none.
	Path string

	path      string // of the manifest
	importIDs []string
	over      string // what a top-level `component` comes to
	bases     []any
	missing   []string
	section   value.Map // before templates and functions
	// collisions are where functions and other layers meet, see [Component.combine]; lists
	// is how lists meet there.
	collisions []merge.Collision
	lists      merge.Lists
	imports    *merged
	run        *run
}

// describe adds what the component is in its stack. Rule: Description.
func (a *assembler) describe(c *Component, b *builder) (err error) {
	s := b.out
	if _, ok := s["component"]; !ok {
		s = value.With(s, "component", c.Name)
	}
	c.over = b.bases.printed
	if c.Stack, err = a.stackName(s); err != nil {
		return err
	}
	if c.Stack == "" {
		return fmt.Errorf("its stack has no name")
	}
	if err := first(short("the name of its stack", c.Stack), short("metadata.component", c.base(s))); err != nil {
		return err
	}
	c.path = a.path
	for key, text := range map[string]string{
		"atmos_component": c.Name, "atmos_stack": c.Stack, "stack": c.Stack,
		"atmos_stack_file": a.id, "atmos_manifest": a.id,
	} {
		s[key] = text
	}
	if b.kind == terraform {
		printed, real, err := a.workspaces(c, s)
		if err != nil {
			return err
		}
		s["workspace"], c.Workspace = printed, real
	}
	info := value.Map{"component_type": c.Type}
	if b.kind != nil && b.kind.hasPath || c.Type == "container" {
		a.paths(c, s, info)
	}
	s["component_info"] = info
	c.section = s
	return c.shortNames(value.Text(s, "workspace"))
}

// paths gives the folder of the component, as printed and as it is.
func (a *assembler) paths(c *Component, s, info value.Map) {
	base := value.Text(a.run.config.components, c.Type, "base_path")
	if base == "" && c.Type == "container" {
		base = "components/container" // of all types Atmos has a folder for this one alone
	}
	prefix := value.Text(s, "metadata", "component_folder_prefix")
	c.Path = path.Join(base, prefix, c.base(s))
	if base != "" {
		info["component_path"] = path.Join(base, prefix, value.Text(s, "component"))
	}
}

// IsAbstract reports whether the component is only there to be inherited from.
func (c *Component) IsAbstract() bool { return value.Text(c.section, "metadata", "type") == "abstract" }

// IsEnabled reports whether metadata.enabled leaves the component on.
func (c *Component) IsEnabled() bool { return flag(c.section, true, "metadata", "enabled") }

// IsLocked reports whether metadata.locked is set.
func (c *Component) IsLocked() bool { return flag(c.section, false, "metadata", "locked") }

// Imports are the ids of the manifests that the component's manifest imports, also
// indirectly. Sorted; not to be changed.
func (c *Component) Imports() []string { return c.importIDs }

// Position is where the component is written: its manifest, or the import by which
// it comes. The line is 0 where it is not known, the file "" of what Atmos printed.
func (c *Component) Position() (file string, line int) {
	if c.run.described {
		return "", 0
	}
	return c.run.locate(c.imports, c.path, path.Join("components", c.Type, c.Name))
}

// key orders components, and names them within a stack.
func (c *Component) key() string { return c.Type + "/" + c.Name }

func (c *Component) String() string { return strings.Join([]string{c.Stack, c.Type, c.Name}, "/") }
