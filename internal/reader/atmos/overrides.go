package atmos

import (
	"plumbline/internal/reader/atmos/merge"
	"plumbline/internal/reader/atmos/value"
)

// overrides are sections laid over every component that a file writes, by type.
// Rule: Overrides.
type overrides struct{ terraform, helmfile value.Map }

func (o overrides) isEmpty() bool { return len(o.terraform) == 0 && len(o.helmfile) == 0 }

// over is o with above laid over it.
func (o overrides) over(above overrides, rules merge.Rules) overrides {
	if above.isEmpty() {
		return o
	}
	return overrides{rules.Maps(o.terraform, above.terraform), rules.Maps(o.helmfile, above.helmfile)}
}

// inlineOverrides are those that a file writes itself, under those of the files that
// import it.
func inlineOverrides(f *file, tree value.Map, parents overrides, rules merge.Rules) (overrides, error) {
	root, err := f.section(tree, "overrides")
	if err != nil {
		return overrides{}, err
	}
	var own [2]value.Map
	for i, kind := range []string{"terraform", "helmfile"} {
		section, err := f.section(tree, kind)
		if err != nil {
			return overrides{}, err
		}
		inner, ok := section["overrides"]
		m, isMap := inner.(value.Map)
		if ok && !isMap {
			return overrides{}, faultf(f.path, f.line(kind+"/overrides"), "%s.overrides must be a map", kind)
		}
		own[i] = rules.Maps(root, m)
	}
	return overrides{own[0], own[1]}.over(parents, rules), nil
}

// section is a root section of a file, which must be a map where it stands.
func (f *file) section(tree value.Map, key string) (value.Map, error) {
	v, ok := tree[key]
	if !ok || v == nil {
		return nil, nil
	}
	m, ok := v.(value.Map)
	if !ok {
		return nil, faultf(f.path, f.line(key), "%s must be a map", key)
	}
	return m, nil
}

// onto puts the final overrides of a file on the components that it writes.
func (o overrides) onto(tree value.Map, inline overrides, rules merge.Rules) value.Map {
	final := o.over(inline, rules)
	for kind, section := range map[string]value.Map{"terraform": final.terraform, "helmfile": final.helmfile} {
		components := value.Mapping(tree, "components", kind)
		if len(section) == 0 || len(components) == 0 {
			continue
		}
		made := make(value.Map, len(components))
		for name, v := range components {
			if component, ok := v.(value.Map); ok {
				v = value.With(component, "overrides", section)
			}
			made[name] = v
		}
		tree = value.With(tree, "components", value.With(value.Mapping(tree, "components"), kind, made))
	}
	return tree
}
