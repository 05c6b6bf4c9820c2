package deployment

import (
	"strconv"
	"strings"

	"plumbline/internal/catalog"
)

// The entity types whose entities are compared.
const (
	TypeComponent = "atmos.component"
	TypeState     = "terraform.state"
)

const terraform = "terraform"

// ComponentOf is the component that a record stands for, by one of its declarers; ok is
// false for every other record, and for components that no Terraform deploys.
//
// It reads the properties component_type, enabled (absent: true), abstract (absent:
// false), workspace, backend_type and backend, as an estate of manifests declares them.
func ComponentOf(r *catalog.Record, by catalog.Declarer) (c Component, ok bool) {
	properties := r.Entity.Properties
	if r.Entity.Type != TypeComponent || textOf(properties["component_type"]) != terraform {
		return Component{}, false
	}
	return Component{
		Entity: r.ID, Name: r.Entity.Name, Source: by.Source, Document: by.Document,
		Enabled:     properties["enabled"].Kind() != 'f',
		Abstract:    properties["abstract"].Kind() == 't',
		Workspace:   part(properties["workspace"]),
		BackendType: textOf(properties["backend_type"]),
	}.at(properties["backend"]), true
}

// StateOf is the state that a record stands for, by one of its declarers; ok is false
// for every other record. It reads the property resourceCount. The URI is left out: no
// record holds it.
func StateOf(r *catalog.Record, by catalog.Declarer) (s State, ok bool) {
	if r.Entity.Type != TypeState {
		return State{}, false
	}
	return State{Entity: r.ID, Name: r.Entity.Name, Source: by.Source, Document: by.Document,
		Resources: count(r.Entity.Properties["resourceCount"])}, true
}

// count reads a number of resources.
func count(v catalog.Value) int {
	n, err := strconv.Atoi(string(v))
	if err != nil || n < 0 {
		return Uncounted
	}
	return n
}

// textOf is the string that a value is, "" for any other.
func textOf(v catalog.Value) string {
	text, _ := catalog.Text(v)
	return text
}

// part is the text that a value is, if it is known.
func part(v catalog.Value) Part {
	text := textOf(v)
	if text == "" || isExpression(text) {
		return Part{}
	}
	return Part{Text: text, Known: true}
}

// isExpression reports whether a text is no value but what stands for one: a YAML
// function or a template that nobody may evaluate, or what Atmos prints where it could
// not, or hid the value.
// Rules of package reader/atmos: Functions and Print.
func isExpression(text string) bool {
	if strings.HasPrefix(text, "!") {
		return true
	}
	for _, mark := range []string{"{{", "<no value>", "<computed>", "***MASKED***"} {
		if strings.Contains(text, mark) {
			return true
		}
	}
	return false
}
