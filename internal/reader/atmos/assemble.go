package atmos

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"plumbline/internal/catalog"
	"plumbline/internal/reader/atmos/merge"
	"plumbline/internal/reader/atmos/value"
	"plumbline/internal/reader/budget"
)

// assembler puts together the components of one top-level manifest.
type assembler struct {
	run  *run
	path string // of the manifest
	id   string
	m    *merged
	tree value.Map
	// layers are the sections of root and type, merged once.
	layers  map[string]value.Map
	rules   merge.Rules
	imports []string // ids, sorted
	span    *budget.Span
}

func newAssembler(r *run, name string, m *merged, span *budget.Span) *assembler {
	a := &assembler{
		run: r, path: name, id: r.manifestID(name), m: m, tree: m.tree,
		layers: map[string]value.Map{}, rules: r.rules(), span: span, imports: make([]string, 0, len(m.imports)),
	}
	for _, imported := range m.imports {
		a.imports = append(a.imports, r.importID(imported))
	}
	slices.Sort(a.imports)
	return a
}

// rootMetadata are the keys that metadata may have at the root of a manifest.
var rootMetadata = []string{"labels", "tags", "custom", "enabled", "locked", "terraform_workspace_pattern"}

// components assembles all components of the manifest, sorted by type and name. A
// component that cannot be assembled is reported; the error is one of the manifest.
func (a *assembler) components() ([]*Component, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	components, err := section(a.tree, "components")
	if err != nil {
		return nil, a.fault("components", err)
	}
	var list []*Component
	var problems []Problem
	for _, typ := range slices.Sorted(maps.Keys(components)) {
		of, err := section(components, typ)
		if err != nil {
			return nil, a.fault("components/"+typ, err)
		}
		if kinds[typ] == nil && !customs[typ] {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(of)) {
			c, err := a.component(typ, name, of)
			if spent := a.spend(typ, name); spent != nil {
				return nil, spent
			}
			if err != nil {
				problems = append(problems, a.problem(typ, name, err))
				continue
			}
			list = append(list, c)
		}
	}
	stack := a.onlyStack(list)
	for i := range problems {
		problems[i].Stack = stack
	}
	a.run.report(problems...)
	return list, a.run.ctx.Err()
}

// componentBytes is about what a component takes beside the values of its section.
const componentBytes = 3 << 10

// spend counts a component.
func (a *assembler) spend(typ, name string) error {
	err := a.span.Budget().Keep(30, componentBytes)
	if err == nil {
		err = a.span.Lap()
	}
	if err != nil {
		a.span.Budget().At(place(a.locate(path.Join("components", typ, name))))
	}
	return err
}

// onlyStack is the stack that all components of the manifest are of, "" where there are
// several or it depends on the component.
func (a *assembler) onlyStack(list []*Component) string {
	if len(list) == 0 {
		name := value.Text(a.tree, "name")
		if name == "" && a.run.config.nameTemplate == "" && a.run.config.namePattern == "" {
			name = a.id
		}
		return name
	}
	for _, c := range list {
		if c.Stack != list[0].Stack {
			return ""
		}
	}
	return list[0].Stack
}

func (a *assembler) component(typ, name string, table value.Map) (*Component, error) {
	if err := short("the name of the component", name); err != nil {
		return nil, err
	}
	raw, ok := table[name].(value.Map)
	if !ok {
		return nil, fmt.Errorf("a component must be a map")
	}
	c := &Component{Type: typ, Name: name, Manifest: a.id, Manifests: []string{a.id}, run: a.run, imports: a.m, importIDs: a.imports}
	if customs[typ] {
		return c, a.custom(c, raw, table)
	}
	b := &builder{assembler: a, kind: kinds[typ], name: name, own: raw, out: make(value.Map, 30), c: c}
	if err := b.build(table); err != nil {
		return nil, err
	}
	return c, a.describe(c, b)
}

// check holds the sections of root and types against their shape.
func (a *assembler) check() error {
	if err := short("the name", value.Text(a.tree, "name")); err != nil {
		return a.fault("name", err)
	}
	for _, key := range append([]string{"metadata", "dependencies", "hooks", "generate"}, always...) {
		if _, err := section(a.tree, key); err != nil {
			return a.fault(key, err)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(value.Mapping(a.tree, "metadata"))) {
		if !slices.Contains(rootMetadata, key) {
			return a.fault("metadata/"+key, fmt.Errorf("metadata of a manifest cannot have %q", key))
		}
	}
	for _, typ := range slices.Sorted(maps.Keys(kinds)) {
		of, err := section(a.tree, typ)
		if err != nil {
			return a.fault(typ, err)
		}
		for _, key := range append([]string{"providers", "backend", "remote_state_backend"}, always...) {
			if _, err := section(of, key); err != nil {
				return a.fault(typ+"/"+key, err)
			}
		}
	}
	return nil
}

// section is a map within a map: nil where it is absent, an error where it is
// anything but a map, null included.
func section(m value.Map, key string) (value.Map, error) {
	v, ok := m[key]
	if !ok {
		return nil, nil
	}
	of, ok := v.(value.Map)
	if !ok {
		return nil, fmt.Errorf("%s must be a map", key)
	}
	return of, nil
}

// fault places an error at a key of the manifest, or of the first import that has it.
func (a *assembler) fault(place string, err error) error {
	file, line := a.locate(place)
	return &fault{file, line, err.Error()}
}

func (a *assembler) problem(typ, name string, err error) Problem {
	file, line := a.locate(path.Join("components", typ, name))
	return Problem{File: file, Line: line, Manifest: a.id, Component: typ + "/" + catalog.ShortName(name), Reason: err.Error()}
}

func (a *assembler) locate(place string) (string, int) { return a.run.locate(a.m, a.path, place) }

// locate finds the file that writes a place of a merged manifest: the manifest, or an
// import.
func (r *run) locate(m *merged, manifest, place string) (string, int) {
	for _, name := range append([]string{manifest}, m.imports...) {
		if f, err := r.open(name); err == nil && f.line(place) > 0 {
			return name, f.line(place)
		}
	}
	if strings.Contains(place, "/") {
		return r.locate(m, manifest, path.Dir(place))
	}
	return manifest, 0
}

// layer is a section of the root under that of the type; env lies over that of
// atmos.yaml, auth of terraform too.
func (a *assembler) layer(typ, key string) value.Map {
	id := typ + "/" + key
	if made, ok := a.layers[id]; ok {
		return made
	}
	var lowest value.Map
	switch {
	case key == "env":
		lowest = a.run.config.env
	case key == "auth" && typ == "terraform":
		lowest = a.run.config.auth
	}
	root := value.Mapping(a.tree, key)
	if key == "providers" || key == "source" || key == "provision" {
		root = nil
	}
	made := a.rules.Maps(lowest, root, sourceMap(key, value.Find(a.tree, typ, key)))
	a.layers[id] = made
	return made
}

// sourceMap reads a section; a source may be written as its uri alone.
func sourceMap(key string, v any) value.Map {
	if text, ok := v.(string); ok && key == "source" {
		return value.Map{"uri": text}
	}
	m, _ := v.(value.Map)
	return m
}
