package catalog

import "github.com/google/uuid"

// RelationshipRecord is a relationship that is declared for itself, with state and
// properties, rather than derived from an entity ([Relationship]). Its identity is
// type, from and to.
type RelationshipRecord struct {
	Type string
	// From and To are the names or the ids of entities, as they were declared.
	From, To string
	// State is one of the type's states; "" leaves it to the type's first.
	State string
	// Properties by name. A null is a value; an absent one is not in the map.
	Properties map[string]Value
	// Labels are string to string; "" is a value.
	Labels map[string]string
}

// Name is how lists of results call the relationship: "web runs_on host-1".
func (r RelationshipRecord) Name() string { return r.From + " " + r.Type + " " + r.To }

// Validate reports everything that is wrong with the relationship by itself; see
// [RelationshipType.Check] for what its type asks.
func (r RelationshipRecord) Validate() Problems {
	var problems Problems
	problems.check("relationshipType", CheckTypeName(r.Type))
	problems.check("from", CheckEntityName(r.From))
	problems.check("to", CheckEntityName(r.To))
	return append(problems, validateContent(r.State, r.Properties, r.Labels)...)
}

// RelationshipID is the id of the relationship of that type between two ends in an
// environment: UUIDv5 in the environment's namespace over "<type>\n<from>\n<to>".
// None of the parts may hold a newline, so it is never the id of an entity.
func RelationshipID(environment uuid.UUID, relationshipType, from, to string) uuid.UUID {
	return uuid.NewSHA1(environment, []byte(relationshipType+"\n"+from+"\n"+to))
}
