package catalog

import (
	"errors"
	"slices"
	"strings"
)

// PropertyType is the JSON type that a property's value must have.
type PropertyType string

const (
	PropertyString  PropertyType = "string"
	PropertyInteger PropertyType = "integer" // a number without fraction, "1.0" included
	PropertyNumber  PropertyType = "number"
	PropertyBoolean PropertyType = "boolean"
)

// Validate reports a type that is none of the four.
func (t PropertyType) Validate() error {
	switch t {
	case PropertyString, PropertyInteger, PropertyNumber, PropertyBoolean:
		return nil
	}
	return errors.New("must be string, integer, number or boolean")
}

// Property describes one property of the entities or relationships of a type.
type Property struct {
	Name string
	Type PropertyType
	// Title and Description are for people; "" where there is none.
	Title, Description string
	// Required: the property must be declared, unless it has a default.
	Required bool
	// Default is what an absent property stands for, nil for none. It is told, not
	// written into the entities: what no source declares is no source's business.
	Default Value
	// Enum lists the values allowed, as text ("eu", "8080", "true"); empty allows all.
	Enum []string
}

// MaxPropertyNameBytes is the limit on a property's or a label's name.
const MaxPropertyNameBytes = 255

// Validate reports what is wrong with the description; fields are relative to it.
func (p Property) Validate() Problems {
	var problems Problems
	problems.check("name", checkText(p.Name, MaxPropertyNameBytes))
	if err := p.Type.Validate(); err != nil {
		problems.check("type", err)
		return problems
	}
	seen := map[string]bool{}
	for i, text := range p.Enum {
		switch {
		case seen[text]:
			problems.add(fieldAt("enum", i), "is repeated")
		case !p.Type.holdsText(text):
			problems.add(fieldAt("enum", i), "must be the text of a value of type %s", p.Type)
		}
		seen[text] = true
	}
	if p.Default != nil {
		problems.check("default", p.Check(p.Default))
	}
	return problems
}

// Check reports a value that the property may not have. A redacted value passes: what
// it was is not known any more.
func (p Property) Check(value Value) error {
	if HasSecret(value) {
		return nil
	}
	if !p.Type.holds(value) {
		return errors.New("must be of type " + string(p.Type))
	}
	if len(p.Enum) > 0 && !slices.Contains(p.Enum, valueText(value)) {
		return errors.New("must be one of the values in the property's enum")
	}
	return nil
}

// holds reports whether a canonical value is of the type.
func (t PropertyType) holds(value Value) bool {
	switch t {
	case PropertyString:
		return value.Kind() == '"'
	case PropertyNumber:
		return value.Kind() == '0'
	case PropertyInteger:
		return value.Kind() == '0' && isInteger(string(value))
	case PropertyBoolean:
		return value.Kind() == 't' || value.Kind() == 'f'
	}
	return false
}

// isInteger reports whether a canonical number has no fraction: see
// [CanonicalNumber] for how it would be written.
func isInteger(number string) bool {
	return !strings.Contains(number, ".") && !strings.Contains(number, "e-")
}

// holdsText reports whether a text is the one way to write a value of the type.
func (t PropertyType) holdsText(text string) bool {
	if t == PropertyString {
		return true
	}
	value, err := Canonical([]byte(text))
	return err == nil && t.holds(value) && string(value) == text
}

// checkProperties reports required properties that are absent or null, and values of
// the wrong type or outside the enum; a null that is not required has no type. Properties that are not described are allowed.
func checkProperties(described []Property, values map[string]Value) Problems {
	var problems Problems
	for _, p := range described {
		value := values[p.Name]
		switch {
		case value != nil && !IsNull(value):
			problems.check(FieldOf("properties", p.Name), p.Check(value))
		case p.Required && p.Default == nil:
			problems.add(FieldOf("properties", p.Name), "is required")
		}
	}
	return problems
}

// validateProperties reports what is wrong with a list of descriptions.
func validateProperties(described []Property) Problems {
	var problems Problems
	seen := map[string]bool{}
	for i, p := range described {
		field := fieldAt("properties", i)
		problems = append(problems, p.Validate().At(field)...)
		if seen[p.Name] {
			problems.add(below(field, "name"), "is repeated")
		}
		seen[p.Name] = true
	}
	return problems
}
