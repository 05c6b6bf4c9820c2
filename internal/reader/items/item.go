package items

import (
	"fmt"
	"maps"
	"strings"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
)

// item is one member of the array.
type item struct {
	index int
	// kind is "" where it is not known.
	kind catalog.Kind
	// flat is the declaration in its flat shape without the kind, as it was pushed:
	// nothing of it may leave the package before it is redacted.
	flat catalog.Value
	// field gives the path in the item of a field of the flat shape.
	field func(string) string
	// id is the declaration's identity, the zero id where it is not known; name is how
	// lists call it, "" where it is not known or must not be told.
	id       uuid.UUID
	name     string
	problems catalog.Problems

	// One of these, by kind, as it is declared; redacted once the item is.
	schema       catalog.Schema
	declared     reader.Declared
	relationship catalog.RelationshipRecord
	// alternate is the digest under the second key, of an entity.
	alternate [32]byte
}

// readItem reads one item. The raw text is valid JSON.
func readItem(index int, raw catalog.Value, environment uuid.UUID) *item {
	it := &item{index: index, field: func(field string) string { return field }}
	value, err := catalog.Canonical(raw)
	if err != nil || value.Kind() != '{' {
		it.note("", "must be an object")
		return it
	}
	members := membersOf(value)
	it.readKind(given(members)["kind"])
	delete(members, "kind")
	if isEnvelope(members) {
		members = it.openEnvelope(members)
	}
	it.flat = catalog.Object(members)
	switch it.kind {
	case "":
	case catalog.KindEntity:
		it.readEntity(environment)
	case catalog.KindRelationship:
		it.readRelationship(environment)
	default:
		it.readSchema()
	}
	return it
}

func (it *item) readKind(value catalog.Value) {
	if value == nil {
		it.note("kind", "is required")
		return
	}
	text, _ := catalog.Text(value)
	if err := catalog.Kind(text).Validate(); err != nil {
		it.note("kind", err.Error())
		return
	}
	it.kind = catalog.Kind(text)
}

func (it *item) readEntity(environment uuid.UUID) {
	entity, problems := catalog.DecodeEntity(it.flat)
	it.add(problems)
	it.declared.Entity, it.name = entity, entity.Name
	if catalog.CheckTypeName(entity.Type) == nil && catalog.CheckEntityName(entity.Name) == nil {
		it.id = catalog.EntityID(environment, entity.Type, entity.Name)
	}
	it.declared.ID = it.id
}

func (it *item) readRelationship(environment uuid.UUID) {
	relationship, problems := catalog.DecodeRelationship(it.flat)
	it.add(problems)
	it.relationship = relationship
	if len(problems) == 0 {
		it.name = relationship.Name()
		it.id = catalog.RelationshipID(environment, relationship.Type, relationship.From, relationship.To)
	}
}

// readSchema gives a schema an id of its own making: the same in every environment, so
// that what is redacted in it is, too.
func (it *item) readSchema() {
	schema, problems := catalog.DecodeSchema(it.kind, it.flat)
	it.add(problems)
	it.schema, it.name = schema, schema.Name
	if schema.Name != "" {
		it.id = uuid.NewSHA1(uuid.Nil, []byte(string(it.kind)+"\n"+schema.Name))
	}
}

func (it *item) valid() bool { return len(it.problems) == 0 }

// path is that of the item: "items[3]".
func (it *item) path() string { return fmt.Sprintf("items[%d]", it.index) }

// note adds a problem at a path in the item.
func (it *item) note(field, reason string) {
	it.problems = append(it.problems, catalog.Problem{Field: field, Reason: reason})
}

// add adds problems of the flat shape.
func (it *item) add(problems catalog.Problems) {
	for _, p := range problems {
		it.note(it.field(p.Field), p.Reason)
	}
}

// report gives the item's problems. A path may name a property: where that holds a
// secret, or was cut so that nobody can tell, only the item is named.
func (it *item) report(told func(string) bool) []reader.Problem {
	var problems []reader.Problem
	for _, p := range it.problems.At(it.path()) {
		if told(p.Field) || strings.Contains(p.Field, "...") {
			p.Field = it.path()
		}
		id := it.id
		if it.kind != catalog.KindEntity {
			id = uuid.Nil
		}
		problems = append(problems, reader.Problem{ID: id, Name: it.name, Path: p.Field, Offset: -1, Reason: p.Reason})
	}
	return problems
}

// given are the members that are not null: a field that is null is not given.
func given(members map[string]catalog.Value) map[string]catalog.Value {
	given := maps.Clone(members)
	maps.DeleteFunc(given, func(_ string, value catalog.Value) bool { return catalog.IsNull(value) })
	return given
}

// membersOf gives the members of a canonical object.
func membersOf(value catalog.Value) map[string]catalog.Value {
	members := map[string]catalog.Value{}
	for name, span := range catalog.Members(value) {
		members[name] = span.Of(value)
	}
	return members
}
