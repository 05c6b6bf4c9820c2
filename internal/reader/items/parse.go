package items

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
	"plumbline/internal/reader/budget"
	"plumbline/internal/reader/redact"
)

// Set is what a push declares, without what is invalid.
type Set struct {
	// Schemas are in the order in which they are to be applied: see
	// [catalog.Schema.Compare].
	Schemas []catalog.Schema
	// Entities and Relationships are in the order of the items.
	Entities      []reader.Declared
	Relationships []Relationship
}

// Relationship is a declared relationship with its id, [catalog.RelationshipID].
type Relationship struct {
	ID uuid.UUID
	catalog.RelationshipRecord
}

// Parse reads a push: the JSON of the array `items`. What is secret is redacted under
// the keys. The problems are in the order of the items; an item with a problem is not
// in the set, and of a declaration that stands twice neither is. The error is a
// [*reader.UnusableError]: the push is no JSON array, or holds an invalid text or a
// name twice in one object.
//
// Declarations are not held against their types here: the types may be those that the
// catalogue has.
func Parse(raw []byte, environment uuid.UUID, keys *redact.Keys) (Set, []reader.Problem, error) {
	parsed, err := readPush(raw, environment, keys, nil)
	if err != nil {
		return Set{}, nil, err
	}
	parsed.refuseRepeated()
	var set Set
	for _, it := range parsed.items {
		switch {
		case !it.valid():
		case it.kind == catalog.KindEntity:
			set.Entities = append(set.Entities, it.declared)
		case it.kind == catalog.KindRelationship:
			set.Relationships = append(set.Relationships, Relationship{it.id, it.relationship})
		default:
			set.Schemas = append(set.Schemas, it.schema)
		}
	}
	slices.SortFunc(set.Schemas, catalog.Schema.Compare)
	return set, parsed.problems(), nil
}

// push is a parsed and redacted push.
type push struct {
	items []*item
	// told reports whether a text holds one of the push's secrets.
	told func(text string) bool
	// warnings are of secrets that are common knowledge.
	warnings []reader.Problem
}

// itemBytes is about what an item takes beside its text, which stands in memory some
// times while it is redacted; valueBytes is what a value takes as text on average.
const (
	itemBytes  = 512
	copies     = 4
	valueBytes = 32
)

// readPush parses and redacts a push within a budget, nil for none.
func readPush(raw []byte, environment uuid.UUID, keys *redact.Keys, b *budget.Budget) (_ *push, err error) {
	span := b.Work()
	defer func() {
		if spent := span.End(); err == nil {
			err = spent
		}
	}()
	if err := checkArray(raw, "items"); err != nil {
		return nil, err
	}
	p := &push{}
	for index, at := range catalog.Elements(raw) {
		text := at.Of(raw)
		if span.Keep(1+len(text)/valueBytes, itemBytes+copies*len(text)) != nil || span.Lap() != nil {
			b.At(fmt.Sprintf("/items/%d", index))
			return nil, b.Err()
		}
		p.items = append(p.items, readItem(index, text, environment))
	}
	p.told, p.warnings = redactItems(p.items, keys)
	return p, nil
}

// refuseRepeated gives every declaration that stands more than once a problem. An
// invalid one counts: nobody knows which of the two was meant.
func (p *push) refuseRepeated() {
	type identity struct {
		kind catalog.Kind
		id   uuid.UUID
	}
	declared := map[identity][]*item{}
	for _, it := range p.items {
		if it.id != uuid.Nil {
			key := identity{it.kind, it.id}
			declared[key] = append(declared[key], it)
		}
	}
	for _, same := range declared {
		for _, it := range same[1:] {
			it.note("", "is declared already by "+same[0].path())
		}
		if len(same) > 1 {
			same[0].note("", "is declared again by "+same[1].path())
		}
	}
}

// problems lists what is wrong, in the order of the items.
func (p *push) problems() []reader.Problem {
	var problems []reader.Problem
	for _, it := range p.items {
		problems = append(problems, it.report(p.told)...)
	}
	return problems
}
