package atmos

import (
	"fmt"
	"slices"

	"plumbline/internal/reader/atmos/merge"
	"plumbline/internal/reader/atmos/value"
)

// maxBases bounds how often bases are folded into one component.
const maxBases = 2_000

// bases are the components that one inherits from, the lowest first; one that is
// reached twice stands twice. Rule: Bases.
type bases struct {
	layers []baseLayer
	// missing are bases named by `component` that the manifest does not have.
	missing []string
	// printed is what the component's `component` shows for a top-level `component`.
	printed string
}

type baseLayer struct {
	name string
	raw  value.Map
	// lists is the base's own list strategy, "" where it names none.
	lists merge.Lists
}

// folder walks the chain of one component.
type folder struct {
	self  string
	table value.Map
	out   bases
	// path are the bases being folded, from the component on; within are the same.
	path   []string
	within map[string]bool
}

func (a *assembler) bases(name string, raw, table value.Map) (bases, error) {
	f := folder{self: name, table: table, within: map[string]bool{}}
	if over := value.Text(raw, "component"); over != "" && over != name {
		f.out.printed = over
		if err := f.fold(over); err != nil {
			return bases{}, err
		}
		if len(f.out.layers) > 0 {
			f.out.printed = f.out.layers[0].name
		}
	}
	return f.out, f.foldAll(value.At(raw, "metadata", "inherits"))
}

func (f *folder) foldAll(inherits any, ok bool) error {
	if !ok || inherits == nil {
		return nil
	}
	list, isList := inherits.([]any)
	if !isList {
		return fmt.Errorf("metadata.inherits must be a list")
	}
	for i, item := range list {
		name, ok := item.(string)
		if !ok {
			return fmt.Errorf("metadata.inherits must hold names of components")
		}
		if _, ok := f.table[name]; !ok && name != f.self {
			return fmt.Errorf("metadata.inherits[%d]%s names a component that is not defined", i, f.through())
		}
		if err := f.fold(name); err != nil {
			return err
		}
	}
	return nil
}

// through names the base whose own bases are being folded.
func (f *folder) through() string {
	if len(f.path) == 0 {
		return ""
	}
	return " of " + f.path[len(f.path)-1]
}

// fold lays a base over what is there, its own bases first.
func (f *folder) fold(name string) error {
	if name == f.self {
		return nil
	}
	if f.within[name] {
		return fmt.Errorf("circular inheritance through %s", name)
	}
	if len(f.out.layers) >= maxBases || len(f.path) >= maxBases {
		return fmt.Errorf("more than %d bases", maxBases)
	}
	v, ok := f.table[name]
	raw, isMap := v.(value.Map)
	switch {
	case !ok:
		f.out.missing = append(f.out.missing, name)
		return nil
	case !isMap:
		return fmt.Errorf("inherits from %s, which is not a map", name)
	}
	f.path, f.within[name] = append(f.path, name), true
	defer func() {
		f.path = f.path[:len(f.path)-1]
		delete(f.within, name)
	}()
	if over := value.Text(raw, "component"); over != "" && value.Text(raw, "metadata", "type") != "abstract" {
		if err := f.fold(over); err != nil {
			return err
		}
	}
	if err := f.foldAll(value.At(raw, "metadata", "inherits")); err != nil {
		return err
	}
	f.out.layers = append(f.out.layers, baseLayer{name, raw, merge.Lists(value.Text(raw, "settings", "list_merge_strategy"))})
	return nil
}

// inheritance names the bases, the one folded last first.
func (b bases) inheritance() []any {
	names := make([]any, 0, len(b.layers))
	seen := make(map[string]bool, len(b.layers))
	for _, layer := range slices.Backward(b.layers) {
		if !seen[layer.name] {
			seen[layer.name] = true
			names = append(names, layer.name)
		}
	}
	return names
}

// last is a scalar of the base folded last, "" when that one has none: Atmos forgets
// those of the bases before it.
func (b bases) last(key string) string {
	if len(b.layers) == 0 {
		return ""
	}
	return value.Text(b.layers[len(b.layers)-1].raw, key)
}

// latest is the last of the bases' scalars that is set.
func (b bases) latest(key string) string {
	for _, layer := range slices.Backward(b.layers) {
		if text := value.Text(layer.raw, key); text != "" {
			return text
		}
	}
	return ""
}
