package reconcile

import (
	"bytes"
	"encoding/json"

	"github.com/wI2L/jsondiff"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
)

// PatchOp is one operation of a JSON Patch (RFC 6902) on an entity: add, remove or
// replace. Value is nil for a remove.
type PatchOp struct {
	Op    string
	Path  string
	Value catalog.Value
}

// Patch is the patch of one property's change: inside an object or a list it shows
// the inner path; a value with a secret inside is replaced whole.
func Patch(c drift.Change) ([]PatchOp, error) {
	switch {
	case c.After == nil:
		return []PatchOp{{Op: "remove", Path: c.Property}}, nil
	case c.Before == nil:
		return []PatchOp{{Op: "add", Path: c.Property, Value: c.After}}, nil
	case !nested(c.Before) || !nested(c.After):
		return []PatchOp{{Op: "replace", Path: c.Property, Value: c.After}}, nil
	}
	inner, err := jsondiff.CompareJSON(c.Before, c.After, jsondiff.UnmarshalFunc(exactNumbers))
	if err != nil {
		return nil, err
	}
	ops := make([]PatchOp, 0, len(inner))
	for _, op := range inner {
		out := PatchOp{Op: op.Type, Path: c.Property + op.Path}
		if op.Type != jsondiff.OperationRemove {
			raw, err := json.Marshal(op.Value)
			if err != nil {
				return nil, err
			}
			if out.Value, err = catalog.Canonical(raw); err != nil {
				return nil, err
			}
		}
		ops = append(ops, out)
	}
	return ops, nil
}

func nested(v catalog.Value) bool {
	return (v[0] == '{' || v[0] == '[') && !catalog.HasSecret(v)
}

func exactNumbers(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return d.Decode(v)
}
