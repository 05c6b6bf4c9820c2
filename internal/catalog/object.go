package catalog

import (
	"maps"
	"slices"
	"strings"
)

// object reads the fields of one canonical object and notes every problem, rather
// than the first. Fields that nobody asked for are reported by [object.done]. A field
// that is null is absent; what is kept as it comes keeps its nulls.
type object struct {
	field    string // the path of the object itself, "" at the top
	members  map[string]Value
	read     map[string]bool
	problems *Problems
}

// readObject reads the object at a path. What is no object has no members, and a
// problem.
func readObject(value Value, field string, problems *Problems) *object {
	o := &object{field: field, members: map[string]Value{}, read: map[string]bool{}, problems: problems}
	if value.Kind() != '{' || IsSecret(value) {
		problems.add(field, "must be an object")
		return o
	}
	for name, span := range Members(value) {
		o.members[name] = span.Of(value)
	}
	return o
}

// note adds a problem of a field of the object.
func (o *object) note(name, reason string) { o.problems.add(FieldOf(o.field, name), "%s", reason) }

// take gives a field, nil where it is absent, and marks it as read.
func (o *object) take(name string) Value {
	o.read[name] = true
	return absentIfNull(o.members[name])
}

func absentIfNull(value Value) Value {
	if IsNull(value) {
		return nil
	}
	return value
}

// require notes fields that are absent.
func (o *object) require(names ...string) {
	for _, name := range names {
		if absentIfNull(o.members[name]) == nil {
			o.note(name, "is required")
		}
	}
}

// text reads a string, "" where it is absent.
func (o *object) text(name string) string {
	value := o.take(name)
	if value == nil {
		return ""
	}
	return plainText(value, FieldOf(o.field, name), o.problems)
}

// plainText is the text that a value is. A text that begins like the mark of a secret
// would be taken for one later, where labels and states are kept as texts.
func plainText(value Value, field string, problems *Problems) string {
	text, isText := Text(value)
	switch {
	case IsSecret(value), strings.HasPrefix(text, string(secretPrefix)):
		problems.add(field, "must not hold a secret")
		return ""
	case !isText:
		problems.add(field, "must be a string")
	}
	return text
}

// flag reads a boolean, the default where it is absent.
func (o *object) flag(name string, absent bool) bool {
	value := o.take(name)
	switch {
	case value == nil:
		return absent
	case value.Kind() != 't' && value.Kind() != 'f':
		o.note(name, "must be true or false")
	}
	return value.Kind() == 't'
}

// array reads an array that is kept as it comes, nil where it is absent.
func (o *object) array(name string) Value {
	value := o.take(name)
	if value != nil && value.Kind() != '[' {
		o.note(name, "must be an array")
		return nil
	}
	return value
}

// texts reads an array of strings, nil where it is absent.
func (o *object) texts(name string) []string {
	array := o.array(name)
	var texts []string
	for i, span := range Elements(array) {
		texts = append(texts, plainText(span.Of(array), fieldAt(FieldOf(o.field, name), i), o.problems))
	}
	return texts
}

// objects reads an array of objects by calling read for each.
func (o *object) objects(name string, read func(*object)) {
	array := o.array(name)
	for i, span := range Elements(array) {
		read(readObject(span.Of(array), fieldAt(FieldOf(o.field, name), i), o.problems))
	}
}

// values reads an object of anything, nil where it is absent.
func (o *object) values(name string) map[string]Value {
	value := o.take(name)
	if value == nil {
		return nil
	}
	return readObject(value, FieldOf(o.field, name), o.problems).members
}

// labels reads an object of strings, nil where it is absent. A label that is null is
// absent, since a label is a text.
func (o *object) labels(name string) map[string]string {
	values := o.values(name)
	if values == nil {
		return nil
	}
	labels := make(map[string]string, len(values))
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if IsNull(values[key]) {
			continue
		}
		labels[key] = plainText(values[key], FieldOf(FieldOf(o.field, name), key), o.problems)
	}
	return labels
}

// rest is the object of the fields that nobody asked for, nil where there is none.
func (o *object) rest() Value {
	var rest body
	for _, name := range o.unread() {
		o.read[name] = true
		rest.put(name, o.members[name])
	}
	return rest.value()
}

// done notes the fields that nobody asked for.
func (o *object) done() {
	for _, name := range o.unread() {
		if IsNull(o.members[name]) {
			continue
		}
		o.note(name, "is not a known field")
	}
}

func (o *object) unread() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(o.members)), func(name string) bool { return o.read[name] })
}
