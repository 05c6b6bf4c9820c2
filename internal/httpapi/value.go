package httpapi

import (
	"bytes"
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

// render gives the answered form of a canonical value; null for an absent one. changes
// is how often the secrets in it changed.
func (v *values) render(value catalog.Value, changes int) json.RawMessage {
	if value == nil {
		return json.RawMessage("null")
	}
	if len(value) > maxValue || len(value) > v.left {
		return json.RawMessage(`{"truncated":true,"bytes":` + strconv.Itoa(len(value)) + `}`)
	}
	v.left -= len(value)
	return conceal(value, changes)
}

var (
	secretStart = []byte(`{"` + catalog.SecretMember + `":`)
	secretEnd   = []byte(`"}`)
)

// conceal replaces every redacted part of a canonical value. Its mark never stands
// inside a string, where its quotes would be escaped, and the digest holds none.
func conceal(value catalog.Value, changes int) json.RawMessage {
	shown := make(json.RawMessage, 0, len(value))
	for rest := []byte(value); ; {
		before, after, found := bytes.Cut(rest, secretStart)
		shown = append(shown, before...)
		if !found {
			return shown
		}
		shown = append(shown, `{"sensitive":true,"changes":`...)
		shown = append(strconv.AppendInt(shown, int64(changes), 10), '}')
		_, rest, _ = bytes.Cut(after, secretEnd)
	}
}

// PatchOperation is one operation of a JSON Patch (RFC 6902).
type PatchOperation struct {
	Op    string          `json:"op" enum:"add,remove,replace"`
	Path  string          `json:"path" doc:"JSON Pointer into the entity as {properties, labels, state}"`
	Value json.RawMessage `json:"value,omitzero"`
}

// patch renders operations; changes gives how often the secrets at a path changed.
func (v *values) patch(ops []reconcile.PatchOp, changes func(path string) int) []PatchOperation {
	rendered := make([]PatchOperation, len(ops))
	for i, op := range ops {
		rendered[i] = PatchOperation{Op: op.Op, Path: op.Path}
		if op.Value != nil {
			rendered[i].Value = v.render(op.Value, changes(op.Path))
		}
	}
	return rendered
}

// changePatch is the patch of one change. One of values that are too long to be shown
// replaces the property as a whole.
func (v *values) changePatch(c drift.Change) []PatchOperation {
	always := func(string) int { return changesAfter(c) }
	if len(c.Before) <= maxValue && len(c.After) <= maxValue {
		if ops, err := reconcile.Patch(c); err == nil {
			return v.patch(ops, always)
		}
	}
	op := reconcile.PatchOp{Op: "replace", Path: c.Property, Value: c.After}
	switch {
	case c.After == nil:
		op.Op = "remove"
	case c.Before == nil:
		op.Op = "add"
	}
	return v.patch([]reconcile.PatchOp{op}, always)
}
