package catalog

import (
	"errors"
	"slices"
)

// SchemaKinds are the kinds that describe a catalogue rather than fill it, in the
// order in which they are applied: a kind comes after those that it refers to. To
// delete, go backwards.
func SchemaKinds() []Kind {
	return []Kind{KindEntityType, KindSecret, KindCell, KindRelationshipType, KindAction}
}

// IsSchema reports whether the kind is one of [SchemaKinds]. Schema kinds belong to a
// project and are shared by its environments; the others belong to an environment.
func (k Kind) IsSchema() bool { return slices.Contains(SchemaKinds(), k) }

// Validate reports a kind that is none of the seven.
func (k Kind) Validate() error {
	if k.IsSchema() || k == KindEntity || k == KindRelationship {
		return nil
	}
	return errors.New("must be EntityType, Cell, RelationshipType, Action, Secret, Entity or Relationship")
}
