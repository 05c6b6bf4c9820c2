package httpapi

import (
	"encoding/json"
	"time"

	"plumbline/internal/catalog"
)

// EntityTypeBody is an entity type as a caller writes it.
type EntityTypeBody struct {
	Name          string          `json:"name" maxLength:"200" doc:"Letters, digits, _ and - in parts joined by \".\""`
	DisplayName   string          `json:"displayName,omitzero" maxLength:"500"`
	States        []string        `json:"states" nullable:"false" doc:"Beside active and failed, which every type has"`
	InitialState  string          `json:"initialState"`
	Properties    []PropertyBody  `json:"properties,omitzero" nullable:"false"`
	Metrics       json.RawMessage `json:"metrics,omitzero" doc:"An array; kept as it comes"`
	Constraints   json.RawMessage `json:"constraints,omitzero" doc:"An array; kept as it comes"`
	SyncTracked   *bool           `json:"syncTracked,omitzero" doc:"true where absent"`
	SyncFreshness json.RawMessage `json:"syncFreshness,omitzero" doc:"Seconds, or a text such as \"36h\" or \"7d\""`
	Applier       string          `json:"applier,omitzero" doc:"Name of an action"`
}

// PropertyBody describes one property of the entities of a type.
type PropertyBody struct {
	Name        string          `json:"name" maxLength:"255"`
	Type        string          `json:"type" enum:"string,integer,number,boolean"`
	Title       string          `json:"title,omitzero"`
	Description string          `json:"description,omitzero"`
	Required    bool            `json:"required,omitzero"`
	Default     json.RawMessage `json:"default,omitzero"`
	Enum        []string        `json:"enum,omitzero" nullable:"false"`
}

// flat is the body in the shape that the catalogue reads.
func (b EntityTypeBody) flat() (catalog.Value, error) {
	raw, err := encode(b)
	if err != nil {
		return nil, err
	}
	return catalog.Canonical(raw)
}

// EntityType is an entity type as it is recorded.
type EntityType struct {
	Name          string          `json:"name"`
	DisplayName   string          `json:"displayName"`
	States        []string        `json:"states" nullable:"false"`
	InitialState  string          `json:"initialState"`
	Properties    []PropertyBody  `json:"properties" nullable:"false"`
	Metrics       json.RawMessage `json:"metrics"`
	Constraints   json.RawMessage `json:"constraints"`
	SyncTracked   bool            `json:"syncTracked"`
	SyncFreshness *int64          `json:"syncFreshness" doc:"Seconds; null for the 24 hours that hold for all"`
	Applier       *string         `json:"applier"`
	Discovered    bool            `json:"discovered" doc:"A scan came across it: states and properties are open"`
}

func entityType(t catalog.EntityType) EntityType {
	w := EntityType{Name: t.Name, DisplayName: t.DisplayName, States: t.States, InitialState: t.InitialState,
		Properties: convert(t.Properties, property), Metrics: array(t.Metrics), Constraints: array(t.Constraints),
		SyncTracked: t.SyncTracked, Applier: textOrNull(t.Applier), Discovered: t.Discovered}
	if w.DisplayName == "" {
		w.DisplayName = t.Name
	}
	if t.SyncFreshness > 0 {
		seconds := int64(t.SyncFreshness / time.Second)
		w.SyncFreshness = &seconds
	}
	return w
}

func property(p catalog.Property) PropertyBody {
	return PropertyBody{Name: p.Name, Type: string(p.Type), Title: p.Title, Description: p.Description, Required: p.Required,
		Default: valueOrAbsent(p.Default), Enum: p.Enum}
}

// valueOrAbsent renders a value that is left out where it is absent.
func valueOrAbsent(v catalog.Value) json.RawMessage {
	if v == nil {
		return nil
	}
	return conceal("", v, noChanges)
}

// noChanges is for values of which no changes are counted.
func noChanges(string) int { return 0 }

// array writes an array that may be absent: empty.
func array(v catalog.Value) json.RawMessage {
	if v == nil {
		return json.RawMessage("[]")
	}
	return conceal("", v, noChanges)
}
