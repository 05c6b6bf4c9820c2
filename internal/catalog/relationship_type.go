package catalog

import "errors"

// Cardinality says how many relationships of a type an entity may have at each end.
// It is recorded, not enforced: sources may declare the two ends apart.
type Cardinality string

const (
	OneToOne   Cardinality = "one-to-one"
	OneToMany  Cardinality = "one-to-many"
	ManyToOne  Cardinality = "many-to-one"
	ManyToMany Cardinality = "many-to-many" // the default
)

// Validate reports a cardinality that is none of the four.
func (c Cardinality) Validate() error {
	switch c {
	case OneToOne, OneToMany, ManyToOne, ManyToMany:
		return nil
	}
	return errors.New("must be one-to-one, one-to-many, many-to-one or many-to-many")
}

// RelationshipType describes the relationships of one type.
type RelationshipType struct {
	// Name is unique in a project; see [CheckTypeName].
	Name string
	// DisplayName is for people; "" stands for Name.
	DisplayName string
	// From and To list the entity types allowed at each end, at least one.
	From, To    []string
	Cardinality Cardinality
	// States that a relationship may be in, at least one; the first is the default.
	States     []string
	Properties []Property
	// Constraints is an array that is kept as it came, nil where there is none.
	Constraints Value
}

// Validate reports everything that is wrong with the type.
func (t RelationshipType) Validate() Problems {
	var problems Problems
	problems.check("name", CheckTypeName(t.Name))
	problems.check("displayName", checkDisplay(t.DisplayName))
	problems = append(problems, validateEnds("from", t.From)...)
	problems = append(problems, validateEnds("to", t.To)...)
	problems.check("cardinality", t.Cardinality.Validate())
	if len(t.States) == 0 {
		problems.add("states", "must name at least one state")
	}
	problems = append(problems, validateStates(t.States)...)
	return append(problems, validateProperties(t.Properties)...)
}

func validateEnds(field string, types []string) Problems {
	var problems Problems
	if len(types) == 0 {
		problems.add(field, "must name at least one entity type")
	}
	for i, name := range types {
		problems.check(fieldAt(field, i), CheckTypeName(name))
	}
	return problems
}

// Check reports where a relationship of the type breaks its rules, as
// [EntityType.Check] does for entities. Whether its ends are of the types allowed
// is for those to say who know the ends.
func (t RelationshipType) Check(r RelationshipRecord) Problems {
	return append(checkState(r.State, t.States), checkProperties(t.Properties, r.Properties)...)
}

// StateOf is the state of a relationship of the type: its own, else the first.
func (t RelationshipType) StateOf(r RelationshipRecord) string {
	if r.State == "" && len(t.States) > 0 {
		return t.States[0]
	}
	return r.State
}
