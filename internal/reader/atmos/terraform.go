package atmos

import (
	"fmt"
	"strings"

	"plumbline/internal/reader/atmos/value"
)

// terraform adds what only terraform components have.
func (b *builder) terraform() error {
	for _, key := range []string{"providers", "required_providers"} {
		over, err := section(b.overrides, key)
		if err != nil {
			return err
		}
		var below value.Map
		if key == "providers" {
			below = b.layer("terraform", key)
		}
		if b.out[key], err = b.merge(key, below, over); err != nil {
			return err
		}
	}
	b.out["required_version"] = orText(value.Text(b.overrides, "required_version"),
		orText(value.Text(b.own, "required_version"), b.bases.latest("required_version")))
	return b.backend()
}

// backend finds the type and the section of the backend and of the remote state's, and
// fills in the keys that Atmos generates. Rule: Backend.
func (b *builder) backend() error {
	typ := b.chosen("backend_type", "")
	all, err := b.mergeStrict("backend")
	if err != nil {
		return err
	}
	backend, err := pick("backend", all, typ)
	if err != nil {
		return err
	}
	backend = b.generated(typ, backend)
	b.out["backend_type"], b.out["backend"] = typ, orEmpty(backend)

	remote := b.chosen("remote_state_backend_type", typ)
	all, err = b.mergeStrict("remote_state_backend")
	if err != nil {
		return err
	}
	picked, err := pick("remote_state_backend", all, remote)
	if err != nil {
		return err
	}
	if remote != typ {
		backend = nil
	}
	b.out["remote_state_backend_type"] = remote
	b.out["remote_state_backend"] = b.rules.Maps(backend, picked)
	return nil
}

// chosen is a scalar by precedence: type, bases, component.
func (b *builder) chosen(key, below string) string {
	return orText(value.Text(b.own, key), orText(b.bases.last(key), orText(value.Text(b.tree, "terraform", key), below)))
}

// mergeStrict merges a section under the strategy of atmos.yaml.
func (b *builder) mergeStrict(key string) (value.Map, error) {
	layers := []value.Map{value.Mapping(b.tree, "terraform", key)}
	for _, layer := range b.bases.layers {
		m, err := section(layer.raw, key)
		if err != nil {
			return nil, fmt.Errorf("inherits from %s: %w", layer.name, err)
		}
		layers = append(layers, m)
	}
	own, err := section(b.own, key)
	return b.rules.Maps(append(layers, own)...), err
}

// pick is the part of a backend section that is the type's.
func pick(section string, all value.Map, typ string) (value.Map, error) {
	v, ok := all[typ]
	if !ok {
		if typ != "" && len(all) > 0 {
			return nil, fmt.Errorf("%s has no section for the type that %s_type names", section, section)
		}
		return nil, nil
	}
	m, isMap := v.(value.Map)
	if !isMap && v != nil {
		return nil, fmt.Errorf("%s.%s must be a map", section, typ)
	}
	return m, nil
}

// generated adds the key under which the component's states lie.
func (b *builder) generated(typ string, backend value.Map) value.Map {
	name := orText(value.Text(b.out["metadata"], "name"), b.out["component"].(string))
	name = strings.ReplaceAll(name, "/", b.run.config.separator)
	switch typ {
	case "s3":
		if value.Text(backend, "workspace_key_prefix") == "" {
			return value.With(backend, "workspace_key_prefix", name)
		}
	case "gcs":
		if value.Text(backend, "prefix") == "" {
			return value.With(backend, "prefix", name)
		}
	case "azurerm":
		return b.azureKey(backend, name)
	}
	return backend
}

func (b *builder) azureKey(backend value.Map, name string) value.Map {
	shared := value.Text(b.tree, "terraform", "backend", "azurerm", "key")
	if value.Text(b.own, "backend", "azurerm", "key") != "" {
		return backend
	}
	if key := value.Text(backend, "key"); key != "" && key != shared {
		return backend
	}
	key := name + ".terraform.tfstate"
	if shared != "" {
		key = shared + "/" + key
	}
	return value.With(backend, "key", key)
}
