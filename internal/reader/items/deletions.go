package items

import (
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
)

// Deletion names a declaration of a schema kind that is to go.
type Deletion struct {
	Kind catalog.Kind
	Name string
}

// ParseDeletions reads the JSON of the array `deletions`, each member {kind, name} of
// a schema kind. They are in the order in which they are to be deleted: a kind comes
// before those that it refers to. One that stands twice is one. Problems and error are
// as those of [Parse].
//
// Entities are not deleted so: one that is no longer declared turns missing.
func ParseDeletions(raw []byte) ([]Deletion, []reader.Problem, error) {
	if err := checkArray(raw, "deletions"); err != nil {
		return nil, nil, err
	}
	var deletions []Deletion
	var problems []reader.Problem
	for index, span := range catalog.Elements(raw) {
		deletion, wrong := readDeletion(span.Of(raw))
		for _, p := range wrong.At(fmt.Sprintf("deletions[%d]", index)) {
			problems = append(problems, reader.Problem{ID: uuid.Nil, Path: p.Field, Offset: -1, Reason: p.Reason})
		}
		if len(wrong) == 0 {
			deletions = append(deletions, deletion)
		}
	}
	slices.SortFunc(deletions, func(a, b Deletion) int {
		return catalog.Schema{Kind: b.Kind, Name: b.Name}.Compare(catalog.Schema{Kind: a.Kind, Name: a.Name})
	})
	return slices.Compact(deletions), problems, nil
}

func readDeletion(raw catalog.Value) (Deletion, catalog.Problems) {
	var problems catalog.Problems
	note := func(field, reason string) {
		problems = append(problems, catalog.Problem{Field: field, Reason: reason})
	}
	value, err := catalog.Canonical(raw)
	if err != nil || value.Kind() != '{' {
		note("", "must be an object")
		return Deletion{}, problems
	}
	members := given(membersOf(value))
	kind, _ := catalog.Text(members["kind"])
	name, _ := catalog.Text(members["name"])
	deletion := Deletion{Kind: catalog.Kind(kind), Name: name}
	if !deletion.Kind.IsSchema() {
		note("kind", "must be EntityType, Secret, Cell, RelationshipType or Action")
	}
	if err := catalog.CheckTypeName(name); err != nil {
		note("name", err.Error())
	}
	for _, field := range slices.Sorted(maps.Keys(members)) {
		if field != "kind" && field != "name" {
			note(catalog.FieldOf("", field), "is not a known field")
		}
	}
	return deletion, problems
}
