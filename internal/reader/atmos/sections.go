package atmos

import (
	"plumbline/internal/reader/atmos/value"
)

// mergedSections are those that every level may have.
func (b *builder) mergedSections() error {
	for _, keys := range [][]string{always, b.kind.merged} {
		for _, key := range keys {
			over, err := section(b.overrides, key)
			if err != nil {
				return err
			}
			made, err := b.merge(key, b.layer(b.kind.name, key), over)
			if err != nil {
				return err
			}
			b.out[key] = made
		}
	}
	return nil
}

func (b *builder) typedSections() error {
	for _, key := range b.kind.typed {
		below := b.layer(b.kind.name, key)
		made, err := b.merge(key, below, nil)
		if !b.run.config.inheritSource {
			own, ownErr := b.sectionOf(b.own, key)
			made, err = b.rulesOf(key, b.lists).Maps(below, own), ownErr
		}
		if err != nil {
			return err
		}
		b.out[key] = made
	}
	return nil
}

// metadata of the bases is inherited, except what makes them bases.
func (b *builder) metadata() error {
	own, err := section(b.own, "metadata")
	if err != nil {
		return err
	}
	var fromBases value.Map
	if b.run.config.inheritMetadata {
		if fromBases, err = b.inherited("metadata", "inherits", "type"); err != nil {
			return err
		}
	}
	b.out["metadata"] = b.rulesOf("metadata", b.lists).Maps(value.Mapping(b.tree, "metadata"), fromBases, own)
	return nil
}

func (b *builder) optionalSections() error {
	for _, key := range optional {
		var over value.Map
		if overridable[key] {
			over = value.Mapping(b.overrides, key)
		}
		made, err := b.merge(key, nil, over)
		if err != nil {
			return err
		}
		if key == "secrets" {
			made = scoped(made)
		}
		if len(made) > 0 {
			b.out[key] = made
		}
	}
	return nil
}

// scoped gives each secret that names no scope the one that Atmos assumes.
func scoped(secrets value.Map) value.Map {
	vars := value.Mapping(secrets, "vars")
	var out value.Map
	for name, v := range vars {
		if secret, ok := v.(value.Map); ok && secret["scope"] == nil {
			out = value.Set(out, vars, name, value.With(secret, "scope", "instance"))
		}
	}
	if out == nil {
		return secrets
	}
	return value.With(secrets, "vars", out)
}

// dependencies are emitted when there are any.
func (b *builder) dependencies() error {
	made, err := b.merge("dependencies", b.layer(b.kind.name, "dependencies"), nil)
	if err == nil && len(made) > 0 {
		b.out["dependencies"] = made
	}
	return err
}

// scalars are the command and the folder of the component.
func (b *builder) scalars() error {
	typ := b.kind.name
	b.out["command"] = orText(value.Text(b.overrides, "command"),
		orText(value.Text(b.own, "command"),
			orText(b.bases.last("command"),
				orText(value.Text(b.tree, typ, "command"),
					orText(value.Text(b.run.config.components, typ, "command"), typ)))))
	b.out["component"] = orText(value.Text(b.own, "metadata", "component"), orText(b.bases.printed, b.name))
	return nil
}

// verbatim are the keys of the component type's own.
func (b *builder) verbatim() error {
	for _, key := range b.kind.verbatim {
		var made any
		found := false
		for _, v := range append([]any{b.run.config.components[b.kind.name], value.Find(b.tree, b.kind.name)}, b.rawLayers()...) {
			next, ok := value.At(v, key)
			if !ok {
				continue
			}
			under, wasMap := made.(value.Map)
			over, isMap := next.(value.Map)
			if made = next; wasMap && isMap {
				made = b.rulesOf(key, b.lists).Maps(under, over)
			}
			found = true
		}
		if found {
			b.out[key] = made
		}
	}
	return nil
}

func (b *builder) rawLayers() []any {
	layers := make([]any, 0, len(b.bases.layers)+1)
	for _, layer := range b.bases.layers {
		layers = append(layers, layer.raw)
	}
	return append(layers, b.own)
}

// settings gain the GitHub integration of atmos.yaml; an abstract component has no
// Spacelift workspace.
func (b *builder) settings() {
	settings := b.out["settings"].(value.Map)
	if len(b.run.config.github) > 0 {
		integrations := value.Mapping(settings, "integrations")
		merged := b.rules.Maps(b.run.config.github, value.Mapping(integrations, "github"))
		settings = value.With(settings, "integrations", value.With(integrations, "github", merged))
	}
	spacelift := value.Mapping(settings, "spacelift")
	if _, ok := spacelift["workspace_enabled"]; ok && b.kind == terraform && b.isAbstract() {
		settings = value.With(settings, "spacelift", value.Without(spacelift, "workspace_enabled"))
	}
	b.out["settings"] = settings
}

func (b *builder) isAbstract() bool { return value.Text(b.out["metadata"], "type") == "abstract" }
