package atmos

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"plumbline/internal/reader/atmos/value"
)

// literal are the functions that Atmos does not evaluate in manifests: their text is
// the value.
var literal = map[string]bool{"!cwd": true, "!random": true, "!cel": true}

// pure are the functions that need nothing but the component.
var pure = map[string]func(e *evaluator, argument string) (any, error){
	"!template":      func(_ *evaluator, argument string) (any, error) { return parsedJSON(argument), nil },
	"!env":           (*evaluator).env,
	"!tags":          func(e *evaluator, _ string) (any, error) { return listOf(e.section, "tags"), nil },
	"!labels":        func(e *evaluator, _ string) (any, error) { return e.labels(), nil },
	"!labels.keys":   func(e *evaluator, _ string) (any, error) { return labelKeys(e.labels()), nil },
	"!labels.values": func(e *evaluator, _ string) (any, error) { return labelValues(e.labels()), nil },
}

// bare are the functions that take no argument: with one, Atmos sees a text.
var bare = map[string]bool{"!tags": true, "!labels": true, "!labels.keys": true, "!labels.values": true}

// expressions are the tags of functions that stay as they are.
var expressions = map[string]bool{
	"!exec": true, "!secret": true, "!store": true, "!store.get": true, "!terraform.output": true,
	"!terraform.state": true, "!emulator": true, "!version": true, "!repo-root": true, "!include": true, "!include.raw": true,
}

func isExpression(name string) bool {
	return expressions[name] || strings.HasPrefix(name, "!aws.") || strings.HasPrefix(name, "!git.")
}

// told is a function's name in a reason: of the open namespaces, which accept any name,
// the namespace.
func told(name string) string {
	for _, namespace := range []string{"!aws.", "!git."} {
		if strings.HasPrefix(name, namespace) {
			return namespace + "*"
		}
	}
	return name
}

var (
	errElsewhere = errors.New("its value is not in the estate")
	errKept      = errors.New("functions are kept as they are")
)

// evaluate evaluates the functions in the section: those that are pure, unless keep.
// `!unset` removes its key or element. What is not evaluated stays and is listed.
// Rule: Functions.
func (e *evaluator) evaluate() value.Map {
	out, _ := e.mapping(nil, e.section)
	return out
}

type evaluator struct {
	run        *run
	section    value.Map
	keep       bool
	printed    bool // by Atmos, which writes marks for what it could not evaluate
	unresolved []Unresolved
}

// marks are what Atmos prints for a value that it does not know or tell.
var marks = []string{"<no value>", "<computed>", "***MASKED***"}

type unset struct{}

func (e *evaluator) value(path []string, v any) (any, bool) {
	switch v := v.(type) {
	case string:
		return e.text(path, v)
	case value.Map:
		return e.mapping(path, v)
	case []any:
		return e.list(path, v)
	}
	return v, false
}

func (e *evaluator) mapping(path []string, m value.Map) (value.Map, bool) {
	var out value.Map
	for key, item := range m {
		made, ok := e.value(append(path, key), item)
		if !ok {
			continue
		}
		if out == nil {
			out = maps.Clone(m)
		}
		if _, gone := made.(unset); gone {
			delete(out, key)
			continue
		}
		out[key] = made
	}
	if out == nil {
		return m, false
	}
	return out, true
}

func (e *evaluator) list(path []string, list []any) (any, bool) {
	var out []any
	changed := false
	for i, item := range list {
		made, ok := e.value(append(path, "[]"), item)
		if ok && !changed {
			out, changed = slices.Clone(list[:i]), true
		}
		if _, gone := made.(unset); changed && !gone {
			out = append(out, made)
		}
	}
	if !changed {
		return list, false
	}
	return out, true
}

func (e *evaluator) text(path []string, text string) (any, bool) {
	name, argument := value.Function(text)
	switch {
	case e.printed && slices.ContainsFunc(marks, func(mark string) bool { return strings.Contains(text, mark) }):
		e.unresolved = append(e.unresolved, unresolvedAt(path, text, errElsewhere))
		return text, false
	case name == "" || literal[name] || bare[name] && argument != "":
		return text, false
	case name == "!unset" && !e.keep:
		return unset{}, true
	case isExpression(name):
		e.unresolved = append(e.unresolved, unresolvedAt(path, text, fmt.Errorf("%s: %w", told(name), errElsewhere)))
		return text, false
	}
	f, ok := pure[name]
	if ok && e.keep {
		e.unresolved = append(e.unresolved, unresolvedAt(path, text, errKept))
	}
	if !ok || e.keep || strings.Contains(argument, "{{") { // a template that was not rendered stays
		return text, false
	}
	made, err := f(e, argument)
	if err != nil {
		e.unresolved = append(e.unresolved, unresolvedAt(path, text, err))
		return text, false
	}
	return made, true
}

// parsedJSON is the value of a text that is JSON, else the text.
func parsedJSON(text string) any {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil || decoder.More() {
		return text
	}
	return numbered(v)
}

// numbered gives the numbers of a JSON value the types that YAML gives them.
func numbered(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, item := range v {
			v[key] = numbered(item)
		}
	case []any:
		for i, item := range v {
			v[i] = numbered(item)
		}
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return int(n)
		}
		f, _ := v.Float64()
		return f
	}
	return v
}

// env reads the component's own env, then the variables that the source sets, then the
// default. What it gives is text, whatever the component has.
func (e *evaluator) env(argument string) (any, error) {
	words := fields(argument)
	if len(words) == 0 {
		return nil, errors.New("!env has no name")
	}
	if v, ok := value.Mapping(e.section, "env")[words[0]]; ok {
		if text, isText := v.(string); !isText || !strings.HasPrefix(text, "!") {
			return fmt.Sprint(v), nil
		}
	}
	if len(words) > 1 {
		if text, ok := e.run.estate.Env[words[0]]; ok {
			return text, nil
		}
		return words[1], nil
	}
	text, err := e.run.env(words[0])
	if err != nil {
		return nil, fmt.Errorf("!env: %w", errElsewhere)
	}
	return text, nil
}

func (e *evaluator) labels() value.Map {
	return orEmpty(value.Mapping(e.section, "metadata", "labels"))
}

func listOf(section value.Map, key string) any {
	if list, ok := value.Find(section, "metadata", key).([]any); ok {
		return list
	}
	return []any{}
}

func labelKeys(labels value.Map) []any {
	out := make([]any, 0, len(labels))
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		out = append(out, key)
	}
	return out
}

func labelValues(labels value.Map) []any {
	out := make([]any, 0, len(labels))
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		out = append(out, labels[key])
	}
	return out
}
