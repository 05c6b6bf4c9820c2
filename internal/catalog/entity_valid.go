package catalog

import (
	"maps"
	"slices"
)

// Validate reports everything that is wrong with the entity by itself; see
// [EntityType.Check] for what its type asks.
func (e Entity) Validate() Problems {
	var problems Problems
	problems.check("entityType", CheckTypeName(e.Type))
	problems.check("name", CheckEntityName(e.Name))
	return append(problems, validateContent(e.State, e.Properties, e.Labels)...)
}

// validateContent reports what is wrong with what entities and relationships hold
// alike.
func validateContent(state string, properties map[string]Value, labels map[string]string) Problems {
	var problems Problems
	if state != "" {
		problems.check("state", checkText(state, MaxStateBytes))
	}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		problems.check(FieldOf("properties", name), checkText(name, MaxPropertyNameBytes))
	}
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		problems.check(FieldOf("labels", name), checkText(name, MaxPropertyNameBytes))
	}
	return problems
}
