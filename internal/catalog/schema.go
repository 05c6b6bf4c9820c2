package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// Schema is a declaration of one of the schema kinds as it is stored and compared,
// per project: two are the same declaration exactly when their bodies are equal.
type Schema struct {
	Kind Kind
	// Name is unique per kind in a project.
	Name string
	// Body is the declaration in its flat shape: a canonical object with the name,
	// without the kind and without what equals a default.
	Body Value
}

// MaxSchemaBytes is the limit on a schema's body, so that it fits one item.
const MaxSchemaBytes = 256 << 10

// Compare orders schemas so that each comes after those it may refer to: by kind as
// in [SchemaKinds], then by name.
func (s Schema) Compare(other Schema) int {
	order := SchemaKinds()
	if c := slices.Index(order, s.Kind) - slices.Index(order, other.Kind); c != 0 {
		return c
	}
	return strings.Compare(s.Name, other.Name)
}

func (s Schema) String() string { return fmt.Sprintf("%s %s", s.Kind, s.Name) }

// DecodeSchema reads a declaration of a schema kind in its flat shape (a canonical
// object, the member "kind" left out), checks it and gives its stored form. The
// problems are in the order of the fields, those of one shape first; nil with a
// schema that can be stored. A name that is known is in the result even so.
func DecodeSchema(kind Kind, flat Value) (Schema, Problems) {
	var problems Problems
	o := readObject(flat, "", &problems)
	o.require("name")
	var declared declaration
	switch kind {
	case KindEntityType:
		o.require("states", "initialState")
		declared = o.entityType()
	case KindRelationshipType:
		o.require("from", "to", "states")
		declared = o.relationshipType()
	case KindCell:
		declared = o.cell()
	case KindAction:
		declared = o.action()
	case KindSecret:
		declared = o.secretKind()
	default:
		problems.add("kind", "is not a schema kind")
		return Schema{Kind: kind}, problems
	}
	o.done()
	schema := declared.Schema()
	switch {
	case len(schema.Body) > MaxSchemaBytes: // nobody looks at what is in it
		problems.add("", "must be at most %d bytes", MaxSchemaBytes)
	case len(problems) == 0:
		problems = declared.Validate()
	}
	return schema, problems
}

// declaration is what the types of the schema kinds have in common.
type declaration interface {
	Validate() Problems
	Schema() Schema
}

// EntityType reads the stored form of an entity type. It asks only for what it cannot
// do without: one type that an earlier version should have refused does not stand in
// the way of the others. A type without an initial state has the implicit one.
func (s Schema) EntityType() (EntityType, error) {
	var problems Problems
	o := readObject(s.Body, "", &problems)
	t := o.entityType()
	t.Discovered = o.flag("discovered", false)
	if t.InitialState == "" {
		t.InitialState = StateActive
	}
	return t, s.unreadable(problems)
}

// RelationshipType reads the stored form of a relationship type, as [Schema.EntityType]
// does.
func (s Schema) RelationshipType() (RelationshipType, error) {
	var problems Problems
	o := readObject(s.Body, "", &problems)
	t := o.relationshipType()
	return t, s.unreadable(problems)
}

func (s Schema) unreadable(problems Problems) error {
	if len(problems) == 0 {
		return nil
	}
	return fmt.Errorf("read stored %s: %w", s, problems)
}
