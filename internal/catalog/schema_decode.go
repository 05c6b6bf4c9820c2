package catalog

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// The flat shapes of the schema kinds, read. Source: the catalogue reference, pages
// entity-type, relationship-type and secret; of cells and actions it tells no fields.

func (o *object) entityType() EntityType {
	return EntityType{
		Name:          o.text("name"),
		DisplayName:   o.text("displayName"),
		States:        o.texts("states"),
		InitialState:  o.text("initialState"),
		Properties:    o.properties(),
		Metrics:       o.array("metrics"),
		Constraints:   o.array("constraints"),
		SyncTracked:   o.flag("syncTracked", true),
		SyncFreshness: o.duration("syncFreshness"),
		Applier:       o.text("applier"),
	}
}

func (o *object) relationshipType() RelationshipType {
	t := RelationshipType{
		Name:        o.text("name"),
		DisplayName: o.text("displayName"),
		From:        o.oneOrMore("from"),
		To:          o.oneOrMore("to"),
		Cardinality: Cardinality(o.text("cardinality")),
		States:      o.texts("states"),
		Properties:  o.properties(),
		Constraints: o.array("constraints"),
	}
	if t.Cardinality == "" {
		t.Cardinality = ManyToMany
	}
	return t
}

func (o *object) cell() Cell { return Cell{Name: o.text("name"), Spec: o.rest()} }

func (o *object) action() Action { return Action{Name: o.text("name"), Spec: o.rest()} }

func (o *object) secretKind() SecretKind {
	if o.take("value") != nil {
		o.note("value", "must not be sent: a secret's value is set apart from its declaration")
	}
	return SecretKind{Name: o.text("name"), Description: o.text("description")}
}

func (o *object) properties() []Property {
	var properties []Property
	o.objects("properties", func(p *object) {
		p.require("name", "type")
		properties = append(properties, Property{
			Name:        p.text("name"),
			Type:        PropertyType(p.text("type")),
			Title:       p.text("title"),
			Description: p.text("description"),
			Required:    p.flag("required", false),
			Default:     p.take("default"),
			Enum:        p.texts("enum"),
		})
		p.done()
	})
	return properties
}

// oneOrMore reads a string, or an array of them.
func (o *object) oneOrMore(name string) []string {
	if o.members[name].Kind() == '"' {
		return []string{o.text(name)}
	}
	return o.texts(name)
}

// duration reads a number of seconds, or a text like "36h", "90m" or "7d".
func (o *object) duration(name string) time.Duration {
	value := o.take(name)
	if value == nil {
		return 0
	}
	duration, err := parseDuration(valueText(value))
	if err != nil {
		o.note(name, err.Error())
	}
	return duration
}

// maxDuration is the longest duration that a type may ask for.
const maxDuration = 10 * 365 * 24 * time.Hour

func parseDuration(text string) (time.Duration, error) {
	duration, err := time.ParseDuration(text)
	if unit, digits := 24*time.Hour, strings.TrimSuffix(text, "d"); err != nil {
		if digits == text {
			unit = time.Second
		}
		count, bad := strconv.ParseInt(digits, 10, 32)
		duration, err = min(time.Duration(count), maxDuration/unit+1)*unit, bad
	}
	if err != nil || duration < time.Second || duration > maxDuration || duration%time.Second != 0 {
		return 0, errors.New(`must be whole seconds, from 1 to ten years: a number, or a text such as "36h" or "7d"`)
	}
	return duration, nil
}
