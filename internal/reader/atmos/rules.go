package atmos

// The rules of Atmos that this package follows, as Atmos 1.226 has them (read in its
// source and asked of its binary); comments name them by the word before the colon. What
// is copied though it is odd, and what is done otherwise, is in the package's comment.
//
// Configuration: atmos.yaml says where stacks lie, which manifests are stacks of their own
// and how they are named; the keys of its own are read in any case. Templates, sprig and
// gomplate are off unless it turns them on.
//
// Enumeration: an included pattern whose last element has no extension stands for .yaml,
// .yml, .yaml.tmpl and .yml.tmpl; an excluded one is matched as it is. A manifest's id is
// its path below the stacks without .yaml or .yml.
//
// Tags: !literal gives its plain text, !append marks a list, !include and !include.raw are
// replaced by the file; every other function stays text until the component is described.
//
// Imports: merged in their order, the file itself last. A path that begins with . or .. is
// relative to the file, any other to the stacks; without extension those of Enumeration
// are tried. Of a glob, the files of a folder come before its folders.
//
// File templates: a .tmpl file, one that is imported with a context and one with locals
// are templates before they are YAML. The context goes down to nested imports, where the
// outer one wins; its locals, vars, settings and env replace the file's own.
//
// Overrides: laid over the components that a file itself writes; those of the importing
// file win.
//
// Merging: maps key by key, anything else by the later layer, null included. Lists by
// strategy: replace, append, or merge by index. Files merge by atmos.yaml's; components by
// the last settings.list_merge_strategy of root, bases, component and overrides.
//
// Deferral: in the sections of a component a function is taken out before its layers
// merge; afterwards all that the layers have at its place is merged.
//
// Components: a section is the root's and the type's, then that of the bases, of the
// component, of the overrides. Metadata has no overrides, and bases do not hand on
// inherits and type; command, backend_type and the like are the last that is not empty.
//
// Bases: first the one that `component` names, then metadata.inherits in their order,
// each after its own bases; the later wins, and one reached twice counts twice.
// metadata.component names a folder and inherits nothing.
//
// Backend: backend[backend_type] of type, bases and component. Without one of their own,
// workspace_key_prefix (s3), prefix (gcs) and key (azurerm) are made of the component's
// name. remote_state_backend begins with the backend where both have one type.
//
// Custom types: bases are folded over all keys, the root's vars, settings and env lie
// below key by key.
//
// Stack names: `name` of the manifest, else name_template, else name_pattern, else its id;
// asked for each component, so that one file may fill two stacks.
//
// Workspaces: default for the backend http and where workspaces are off; else metadata's
// template, pattern or name, else the stack's name, with - for /. A component with a base
// has its own name behind it, which `describe stacks` leaves out.
//
// Description: the section is rendered as one template over itself, then its functions are
// evaluated; a component that is abstract or disabled is printed, too.
//
// Functions: those that need nothing but the estate (!template, !include, !env of the
// component's env, !labels, !tags, !unset) are evaluated; the others stay as they are, and
// those that name a component are edges to it.
//
// Print: one object, stack by components by type by component; a type has the same keys
// always, whatever is empty. `<no value>`, `<computed>` and `***MASKED***` stand for what
// Atmos could not or would not print.
//
// Dependencies: dependencies.components, settings.depends_on (whose context is the
// component's own vars where it says nothing), settings.spacelift.depends_on, and what
// expressions ask for.
