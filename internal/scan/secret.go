package scan

import (
	"context"
	"maps"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
	"plumbline/internal/reconcile"
	"plumbline/internal/store"
)

// harden keeps what is recorded as secret a secret: where this document declares it
// in plain, it is digested at the same path, so that no plaintext is stored and the
// same secret is found equal.
func (s *set) harden(e store.Entry, d reader.Declared) *reconcile.Declared {
	out := &reconcile.Declared{Entity: d.Entity, Digest: d.Digest}
	for name, value := range d.Alternate {
		if out.Alternate == nil {
			out.Alternate = make(map[string]catalog.Value, len(d.Alternate))
		}
		out.Alternate[catalog.PropertyPointer(name)] = value
	}
	if e.Record == nil {
		return out
	}
	cloned := false
	for name, value := range d.Entity.Properties {
		if recorded := e.Record.Entity.Properties[name]; catalog.HasSecret(recorded) && !catalog.HasSecret(value) {
			if !cloned {
				out.Entity.Properties, cloned = maps.Clone(d.Entity.Properties), true
			}
			out.Entity.Properties[name] = s.keys.Secret(d.ID, redactPath(name), value)
		}
	}
	return out
}

func (s *set) scrub(ctx context.Context, entity uuid.UUID, properties []string) error {
	return s.Store.Under(s.lease).Scrub(ctx, entity, properties, func(entity uuid.UUID, property string, plain catalog.Value) catalog.Value {
		name, _ := catalog.PropertyKey(property)
		return s.keys.Secret(entity, redactPath(name), plain)
	})
}
