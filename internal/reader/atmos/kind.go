package atmos

// kind is what one component type has beside vars, settings, env and auth.
// Rules: Components and Print.
type kind struct {
	name string
	// merged are the sections that root, type, bases, component and overrides share.
	merged []string
	// typed are those that begin at the type: source and provision.
	typed []string
	// verbatim are keys of the type's own, emitted when bases or component have them.
	verbatim []string
	// hasPath: component_info names the component's folder.
	hasPath bool
}

var (
	always  = []string{"vars", "settings", "env", "auth"}
	sourced = []string{"source", "provision"}

	terraform = &kind{name: "terraform", merged: []string{"hooks", "generate"}, typed: sourced, hasPath: true}

	kinds = map[string]*kind{
		"terraform": terraform,
		"helmfile":  {name: "helmfile", merged: []string{"hooks"}, typed: sourced, verbatim: []string{"plugins"}, hasPath: true},
		"packer":    {name: "packer", typed: sourced, hasPath: true},
		"ansible":   {name: "ansible", hasPath: true},
		"kubernetes": {name: "kubernetes", merged: []string{"hooks", "generate"}, typed: sourced,
			verbatim: []string{"provider", "paths", "manifests"}},
		"helm": {name: "helm", merged: []string{"hooks", "generate"}, typed: sourced,
			verbatim: []string{"chart", "values", "namespace", "version", "repositories", "provider", "name"}},
	}

	// customs are the other types that are described; components of any further type
	// are not.
	customs = map[string]bool{"container": true, "emulator": true}

	// optional sections are merged from bases and component, and emitted when they
	// hold something.
	optional = []string{"locals", "retry", "secrets", "test", "mocks"}

	// overridable are the optional sections that overrides reach.
	overridable = map[string]bool{"retry": true, "secrets": true}
)
