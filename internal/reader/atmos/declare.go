package atmos

import (
	"iter"
	"slices"
	"strings"

	"plumbline/internal/catalog"
	"plumbline/internal/reader/atmos/value"
)

// Entity types and relationship types that an estate declares.
const (
	TypeStack     = "atmos.stack"
	TypeComponent = "atmos.component"

	contains  = "contains"
	inherits  = "inherits"
	dependsOn = "depends_on"
)

// Declaration is one entity that an estate declares, before redaction.
type Declaration struct {
	// Type is [TypeStack] or [TypeComponent].
	Type string
	// Name is the stack's name, or "<stack>/<component>". Where components of several
	// types have one name in a stack, only that of the first type, terraform before
	// the others by name, has that form; the others are "<stack>/<type>/<component>".
	Name string
	// Properties hold every section of [Section], whatever its name; empty maps, lists and
	// texts are left out.
	// Not to be changed; [value.AppendJSON] writes them.
	Properties map[string]any
	// Relationships are sorted, without repetition.
	Relationships []catalog.Relationship
}

// Declarations yields the stacks by name, each followed by its components by type and
// name. Dates are the text that the manifest has.
func (out *Resolved) Declarations() iter.Seq[Declaration] {
	return func(yield func(Declaration) bool) {
		for _, s := range out.stacks {
			if !yield(out.stackDeclaration(s)) {
				return
			}
			for _, c := range s.components {
				if !yield(out.componentDeclaration(c)) {
					return
				}
			}
		}
	}
}

func (out *Resolved) stackDeclaration(s *Stack) Declaration {
	d := Declaration{Type: TypeStack, Name: s.Name, Properties: map[string]any{}}
	for key, list := range map[string][]string{"manifests": s.Manifests, "imports": s.Imports, "unresolved_imports": s.Remote} {
		d.set(key, anys(list))
	}
	if len(s.Remote) > 0 {
		d.Properties["partial"] = true
	}
	for _, c := range s.components {
		d.relate(contains, out.nameOf(c))
	}
	return d.sorted()
}

// placing are the keys of a section that say where the component is: the entity's name,
// type and own properties do.
var placing = map[string]bool{"atmos_component": true, "atmos_stack": true, "atmos_stack_file": true, "atmos_manifest": true,
	"stack": true, "component_info": true, "component_type": true, "workspace": true}

// own are the properties of a component that no section has. A section of that name is
// the property "section.<name>".
var own = map[string]bool{"enabled": true, "abstract": true, "locked": true, "path": true, "manifest": true, "imports": true,
	"defined_by": true, "missing_bases": true, "partial": true, "unresolved": true}

func (out *Resolved) componentDeclaration(c *Component) Declaration {
	return out.declarationOf(c, c.written())
}

func (out *Resolved) declarationOf(c *Component, s Section) Declaration {
	d := Declaration{Type: TypeComponent, Name: out.nameOf(c), Properties: map[string]any{
		"stack": c.Stack, "component_type": c.Type, "enabled": c.IsEnabled(), "abstract": c.IsAbstract(), "locked": c.IsLocked(),
	}}
	for key, v := range s.Value {
		if own[key] {
			key = "section." + key
		}
		if !placing[key] {
			d.set(key, v)
		}
	}
	d.set("workspace", s.Workspace)
	d.set("path", c.Path)
	d.set("manifest", c.Manifest)
	d.set("imports", anys(c.Imports()))
	if len(c.Manifests) > 1 {
		d.set("defined_by", anys(c.Manifests))
	}
	d.set("missing_bases", anys(c.missing))
	d.partial(s.Unresolved, c.imports.remote)
	for _, base := range c.bases {
		d.relate(inherits, out.target(Reference{c.Stack, base.(string)}, c.Type))
	}
	for _, needed := range c.DependsOn(s) {
		d.relate(dependsOn, out.target(needed, ""))
	}
	return d.sorted()
}

// partial tells what the declaration lacks.
func (d *Declaration) partial(unresolved []Unresolved, remote []string) {
	var list []any
	for _, u := range unresolved {
		list = append(list, map[string]any{"path": u.Path, "expression": u.told(), "reason": u.Reason})
	}
	d.set("unresolved", list)
	if len(unresolved) > 0 || len(remote) > 0 {
		d.Properties["partial"] = true
	}
}

func (d *Declaration) set(key string, v any) {
	switch v := v.(type) {
	case nil:
		return
	case string:
		if v == "" {
			return
		}
	case []any:
		if len(v) == 0 {
			return
		}
	case value.Map:
		if len(v) == 0 {
			return
		}
	}
	d.Properties[key] = v
}

func (d *Declaration) relate(typ, name string) {
	d.Relationships = append(d.Relationships, catalog.Relationship{Type: typ, To: catalog.Ref{Type: TypeComponent, Name: name}})
}

func (d Declaration) sorted() Declaration {
	slices.SortFunc(d.Relationships, catalog.Relationship.Compare)
	d.Relationships = slices.Compact(d.Relationships)
	return d
}

// nameFor is the entity name of a component "type/name" that could not be put together.
func (out *Resolved) nameFor(stack, key string) string {
	typ, name, _ := strings.Cut(key, "/")
	if first, ok := out.find(name, stack); ok && typ != "terraform" && (first.Type == "terraform" || first.Type < typ) {
		return stack + "/" + key
	}
	return stack + "/" + name
}

// nameOf is the entity name of a component, see [Declaration].
func (out *Resolved) nameOf(c *Component) string {
	if first, ok := out.find(c.Name, c.Stack); ok && first.Type != c.Type {
		return c.Stack + "/" + c.Type + "/" + c.Name
	}
	return c.Stack + "/" + c.Name
}

// target names what a reference means: the component of that type, else of the first
// type that has it, else one that is not declared.
func (out *Resolved) target(r Reference, typ string) string {
	if s := out.byName[r.Stack]; s != nil && typ != "" {
		if c, ok := s.component(typ, r.Component); ok {
			return out.nameOf(c)
		}
	}
	return r.Stack + "/" + r.Component
}

func anys(list []string) []any {
	out := make([]any, 0, len(list))
	for _, text := range list {
		out = append(out, text)
	}
	return out
}
