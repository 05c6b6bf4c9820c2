package atmos

import (
	"plumbline/internal/reader/atmos/value"
)

// custom assembles a component of a type that Atmos knows only the name of: its bases
// folded whole, the sections of the root laid under as they are. Rule: Custom types.
func (a *assembler) custom(c *Component, raw, table value.Map) error {
	known := value.Map{}
	for name, v := range table {
		known[name] = v
	}
	chain, err := a.bases(c.Name, withoutUnknown(raw, known), known)
	if err != nil {
		return err
	}
	var layers []value.Map
	for _, layer := range chain.layers {
		stripped := value.Without(layer.raw, "component")
		if m := value.Mapping(stripped, "metadata"); m != nil {
			stripped = value.With(stripped, "metadata", value.Without(m, "type", "inherits", "component"))
		}
		layers = append(layers, stripped)
	}
	out := a.rules.Maps(append(layers, raw)...)
	for _, key := range []string{"vars", "settings", "env"} {
		own, err := section(out, key)
		if err != nil {
			return err
		}
		if made := overlay(value.Mapping(a.tree, key), own); len(made) > 0 || key == "vars" {
			out = value.With(out, key, made)
		}
	}
	if root := value.Mapping(a.tree, "metadata"); root != nil {
		out = value.With(out, "metadata", a.rules.Maps(root, value.Mapping(out, "metadata")))
	}
	out = value.With(out, "component_type", c.Type)
	c.bases = chain.inheritance()
	return a.describe(c, &builder{assembler: a, name: c.Name, own: raw, out: out, bases: chain, c: c})
}

// withoutUnknown drops bases that do not exist: these types ignore them.
func withoutUnknown(raw, table value.Map) value.Map {
	inherits, ok := value.Find(raw, "metadata", "inherits").([]any)
	if !ok {
		return raw
	}
	var list []any
	for _, v := range inherits {
		if name, ok := v.(string); ok && table[name] != nil {
			list = append(list, v)
		}
	}
	return value.With(raw, "metadata", value.With(value.Mapping(raw, "metadata"), "inherits", list))
}

// overlay puts one map on another, key by key.
func overlay(below, above value.Map) value.Map {
	if len(below) == 0 {
		return orEmpty(above)
	}
	out := make(value.Map, len(below)+len(above))
	for key, v := range below {
		out[key] = v
	}
	for key, v := range above {
		out[key] = v
	}
	return out
}
