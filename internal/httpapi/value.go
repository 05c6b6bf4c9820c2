package httpapi

import (
	"encoding/json"
	"strconv"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
)

// Limits on what one answer shows of values, in bytes: of one value, and of all that
// belong to one entity or proposal.
const (
	maxValue  = 256 << 10
	maxValues = 1 << 20
)

// values renders the values of one thing for an answer. Every value of the catalogue
// that leaves Plumbline goes through it: a secret shows that it is one and how often
// it changed, what is too long shows its length.
type values struct{ left int }

func newValues() *values { return &values{left: maxValues} }

// counts says how often the secret at a JSON Pointer into the entity changed.
type counts func(pointer string) int

// render gives the answered form of the canonical value at a JSON Pointer into an
// entity; null for an absent one.
func (v *values) render(at string, value catalog.Value, changes counts) json.RawMessage {
	if value == nil {
		return json.RawMessage("null")
	}
	if len(value) > maxValue || len(value) > v.left {
		return json.RawMessage(`{"truncated":true,"bytes":` + strconv.Itoa(len(value)) + `}`)
	}
	v.left -= len(value)
	return conceal(at, value, changes)
}

// conceal replaces every redacted part of a canonical value.
func conceal(at string, value catalog.Value, changes counts) json.RawMessage {
	shown, end := make(json.RawMessage, 0, len(value)), 0
	for pointer, span := range catalog.Secrets(value) {
		shown = append(shown, value[end:span.Start]...)
		shown = append(shown, `{"sensitive":true,"changes":`...)
		shown = append(strconv.AppendInt(shown, int64(changes(at+pointer)), 10), '}')
		end = span.End
	}
	return append(shown, value[end:]...)
}

// PatchOperation is one operation of a JSON Patch (RFC 6902).
type PatchOperation struct {
	Op    string          `json:"op" enum:"add,remove,replace"`
	Path  string          `json:"path" doc:"JSON Pointer into the entity as {properties, labels, state}"`
	Value json.RawMessage `json:"value,omitzero"`
}

// patch renders operations.
func (v *values) patch(ops []reconcile.PatchOp, changes counts) []PatchOperation {
	rendered := make([]PatchOperation, len(ops))
	for i, op := range ops {
		rendered[i] = PatchOperation{Op: op.Op, Path: op.Path}
		if op.Value != nil {
			rendered[i].Value = v.render(op.Path, op.Value, changes)
		}
	}
	return rendered
}

// changePatch is the patch of one change. One of values that are too long to be shown
// replaces the property as a whole.
func (v *values) changePatch(c drift.Change) []PatchOperation {
	if len(c.Before) <= maxValue && len(c.After) <= maxValue {
		return v.patch(reconcile.Patch(c), changesAfter(c))
	}
	op := reconcile.PatchOp{Op: "replace", Path: c.Property, Value: c.After}
	switch {
	case c.After == nil:
		op.Op = "remove"
	case c.Before == nil:
		op.Op = "add"
	}
	return v.patch([]reconcile.PatchOp{op}, changesAfter(c))
}
