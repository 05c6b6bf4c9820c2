// Package catalog holds what Plumbline knows of the things that sources declare:
// the seven kinds, their validation, the identity of an entity and the values of
// its properties. It knows neither storage nor transport.
//
// Its one invariant: a [Value] is canonical, so two values are equal exactly when
// their bytes are, and a secret never appears in one (see [Secret]).
//
// Start at [Entity], then [Value].
package catalog

import (
	"strings"

	"github.com/google/uuid"
)

// Kind is one of the seven kinds of a catalogue.
type Kind string

const (
	KindEntityType       Kind = "EntityType"
	KindCell             Kind = "Cell"
	KindRelationshipType Kind = "RelationshipType"
	KindAction           Kind = "Action"
	KindSecret           Kind = "Secret"
	KindEntity           Kind = "Entity"
	KindRelationship     Kind = "Relationship"
)

// Entity is one thing that a source declares or that the catalogue records.
type Entity struct {
	// Type is the entity type, e.g. "aws_instance", "data.aws_ami",
	// "terraform.state".
	Type string
	// Name is unique per type in an environment, e.g.
	// `prod/vpc/module.net.aws_subnet.a["eu"]`.
	Name string
	// State is one of the type's states; "" leaves it to the type's initial state.
	State string
	// Properties by name. A null is a value; an absent one is not in the map.
	Properties map[string]Value
	// Labels are string to string; "" is a value.
	Labels map[string]string
	// Relationships are those that the entity's source derives from it; sorted,
	// without repetition.
	Relationships []Relationship
	// Identity names the cloud object behind the entity, zero where there is none.
	// Two entities of one identity are the same object declared twice.
	Identity Identity
	// Fact says that the declaration is applied under both policies: a state's
	// serial and versions, data sources.
	Fact bool
}

// Relationship is an edge from the entity that holds it. Its end may be recorded
// or not: `depends_on` ends at a resource's address without instance keys.
type Relationship struct {
	Type string // "depends_on", "contains", "deployed_by"
	To   Ref
}

// Ref names an entity. Type may be "" where only the name is known.
type Ref struct{ Type, Name string }

// Compare orders references by type, then name.
func (r Ref) Compare(other Ref) int {
	if c := strings.Compare(r.Type, other.Type); c != 0 {
		return c
	}
	return strings.Compare(r.Name, other.Name)
}

// Compare orders relationships by type, then end.
func (r Relationship) Compare(other Relationship) int {
	if c := strings.Compare(r.Type, other.Type); c != 0 {
		return c
	}
	return r.To.Compare(other.To)
}

// EntityID is the id of the entity of that type and name in an environment:
// UUIDv5 in the environment's namespace over "<type>\n<name>", so a create
// repeated is the same create. Neither part may hold a newline.
func EntityID(environment uuid.UUID, entityType, name string) uuid.UUID {
	return uuid.NewSHA1(environment, []byte(entityType+"\n"+name))
}

// Limits on names. Both stand in sort keys of at most 1,024 bytes.
const (
	MaxTypeBytes = 200
	MaxNameBytes = 800
)
