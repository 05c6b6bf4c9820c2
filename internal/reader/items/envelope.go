package items

import (
	"maps"
	"slices"
	"strings"

	"plumbline/internal/catalog"
)

// apiVersion is the only one of the envelope.
const apiVersion = "terrantula.io/v1"

// isEnvelope tells the envelope from the flat shape, by the two fields that no flat
// shape has.
func isEnvelope(members map[string]catalog.Value) bool {
	members = given(members)
	return members["apiVersion"] != nil || members["metadata"] != nil
}

// openEnvelope gives the members of the flat shape: those of spec, with metadata's
// name and labels. A relationship has no name; that of its envelope is dropped.
func (it *item) openEnvelope(envelope map[string]catalog.Value) map[string]catalog.Value {
	envelope = given(envelope)
	it.readVersion(envelope["apiVersion"])
	flat := it.part(envelope, "spec")
	metadata := given(it.part(envelope, "metadata"))
	for _, name := range slices.Sorted(maps.Keys(envelope)) {
		if name != "apiVersion" && name != "metadata" && name != "spec" {
			it.note(catalog.FieldOf("", name), "is not a known field")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(metadata)) {
		field := catalog.FieldOf("metadata", name)
		switch {
		case name != "name" && name != "labels":
			it.note(field, "is not a known field")
		case flat[name] != nil && !catalog.IsNull(flat[name]):
			it.note(field, "is in spec as well")
		case name != "name" || it.kind != catalog.KindRelationship:
			flat[name] = metadata[name]
		}
	}
	it.field = fieldInEnvelope(metadata)
	return flat
}

func (it *item) readVersion(value catalog.Value) {
	text, _ := catalog.Text(value)
	switch {
	case value == nil:
		it.note("apiVersion", "is required")
	case text != apiVersion:
		it.note("apiVersion", "must be "+apiVersion)
	}
}

// part gives the members of a part of the envelope, none where it is absent.
func (it *item) part(envelope map[string]catalog.Value, name string) map[string]catalog.Value {
	if value := envelope[name]; value != nil && value.Kind() != '{' {
		it.note(name, "must be an object")
		return map[string]catalog.Value{}
	}
	return membersOf(envelope[name])
}

// fieldInEnvelope says where a field of the flat shape stands in the envelope.
func fieldInEnvelope(metadata map[string]catalog.Value) func(string) string {
	return func(field string) string {
		first := field
		if end := strings.IndexAny(field, ".["); end >= 0 {
			first = field[:end]
		}
		switch {
		case field == "":
			return "spec"
		case first == "name", metadata[first] != nil:
			return "metadata." + field
		case first == "":
			return "spec" + field
		}
		return "spec." + field
	}
}
