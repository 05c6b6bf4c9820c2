package catalog

import (
	"strconv"
	"time"
)

// Schema is the stored form of the type.
func (t EntityType) Schema() Schema {
	var b body
	b.text("name", t.Name)
	b.displayName(t.DisplayName, t.Name)
	b.put("states", textArray(t.States)) // required, even where it is empty
	b.text("initialState", t.InitialState)
	b.properties(t.Properties)
	b.array("metrics", t.Metrics)
	b.array("constraints", t.Constraints)
	b.flag("syncTracked", t.SyncTracked, true)
	if t.SyncFreshness != 0 {
		b.put("syncFreshness", Value(strconv.FormatInt(int64(t.SyncFreshness/time.Second), 10)))
	}
	b.text("applier", t.Applier)
	b.flag("discovered", t.Discovered, false)
	return Schema{KindEntityType, t.Name, b.value()}
}

// Schema is the stored form of the type.
func (t RelationshipType) Schema() Schema {
	var b body
	b.text("name", t.Name)
	b.displayName(t.DisplayName, t.Name)
	b.texts("from", t.From)
	b.texts("to", t.To)
	if t.Cardinality != ManyToMany {
		b.text("cardinality", string(t.Cardinality))
	}
	b.texts("states", t.States)
	b.properties(t.Properties)
	b.array("constraints", t.Constraints)
	return Schema{KindRelationshipType, t.Name, b.value()}
}

// Schema is the stored form of the cell.
func (c Cell) Schema() Schema { return Schema{KindCell, c.Name, named(c.Name, c.Spec)} }

// Schema is the stored form of the action.
func (a Action) Schema() Schema { return Schema{KindAction, a.Name, named(a.Name, a.Spec)} }

// Schema is the stored form of the declaration.
func (s SecretKind) Schema() Schema {
	var b body
	b.text("name", s.Name)
	b.text("description", s.Description)
	return Schema{KindSecret, s.Name, b.value()}
}

// named is an object of a name and other fields.
func named(name string, spec Value) Value {
	var b body
	for field, span := range Members(spec) {
		b.put(field, span.Of(spec))
	}
	b.text("name", name)
	return b.value()
}

// displayName sets the name for people where it is another than the name.
func (b *body) displayName(display, name string) {
	if display != name {
		b.text("displayName", display)
	}
}

func (b *body) properties(properties []Property) {
	if len(properties) == 0 {
		return
	}
	values := make([]Value, 0, len(properties))
	for _, p := range properties {
		var one body
		one.text("name", p.Name)
		one.text("type", string(p.Type))
		one.text("title", p.Title)
		one.text("description", p.Description)
		one.flag("required", p.Required, false)
		one.put("default", p.Default)
		one.texts("enum", p.Enum)
		values = append(values, one.value())
	}
	b.put("properties", arrayValue(values))
}
