package tfstate

import (
	"maps"
	"slices"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
)

// schemas gathers, by entity type, the names of the attributes that a state has of it.
// Terraform writes every attribute of a type's schema, null where it is not set: a name
// that is new came with another version of the provider, not with a change of the
// resource. Source: Terraform state v4, resources[].instances[].attributes.
type schemas map[string]*schema

// schema is that of one type, by the first instances of it.
type schema struct {
	provider  string
	instances int
	any       map[string]bool
	common    map[string]bool // what all of them have
}

// examined is how many instances of a type are looked at: after an upgrade they agree.
const examined = 16

// maxSchemas bounds the types; a state with more tells of none.
const maxSchemas = 500

func (s schemas) note(in *instance, provider Provider) {
	if in.address.Data || in.deposed != "" || len(s) > maxSchemas {
		return
	}
	entityType := in.address.EntityType()
	known := s[entityType]
	if known == nil {
		known = &schema{provider: provider.Type(), any: map[string]bool{}}
		s[entityType] = known
	}
	if known.instances++; known.instances > examined {
		return
	}
	names := map[string]bool{}
	for name := range catalog.Members(in.attributes) {
		names[name], known.any[name] = true, true
	}
	if known.common == nil {
		known.common = names
	}
	maps.DeleteFunc(known.common, func(name string, _ bool) bool { return !names[name] })
}

// facts are the schemas as a reading tells them.
func (s schemas) facts() map[string]reader.Schema {
	if len(s) > maxSchemas {
		return nil
	}
	told := make(map[string]reader.Schema, len(s))
	for entityType, known := range s {
		told[entityType] = reader.Schema{Provider: known.provider, Instances: known.instances,
			Attributes: slices.Sorted(maps.Keys(known.any)), Common: slices.Sorted(maps.Keys(known.common))}
	}
	return told
}
