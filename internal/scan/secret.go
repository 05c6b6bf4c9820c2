package scan

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
	"plumbline/internal/reader/redact"
	"plumbline/internal/reconcile"
	"plumbline/internal/store"
)

// harden keeps what is recorded as secret a secret: where this document declares it in
// plain, it is digested at the same path, so that no plaintext is stored and the same
// secret is found equal.
func (s *set) harden(e store.Entry, d reader.Declared) *reconcile.Declared {
	out := &reconcile.Declared{Entity: d.Entity, Gained: s.gains.of(d.Entity.Type), Digest: reconcile.DigestOf(d.Digest, s.source.Settings.Literal)}
	for name, value := range d.Alternate {
		out.Alternate = with(out.Alternate, catalog.PropertyPointer(name), value)
	}
	if e.Record == nil {
		return out
	}
	cloned := false
	for _, pointer := range secretProperties(&e.Record.Entity) {
		was, is := e.Record.Entity.At(pointer), out.Entity.At(pointer)
		places := secretPlaces(was, is)
		if len(places) == 0 {
			continue
		}
		if !cloned {
			out.Entity, cloned = d.Entity.Clone(), true
		}
		h := hardening{keys: s.keys, entity: d.ID, path: redactPath(pointer), places: places, under: s.keys.WritingID()}
		out.Entity.Set(pointer, h.apply(is))
		if h.under = catalog.SecretKeyID(was); h.under != s.keys.WritingID() {
			other := out.Alternate[pointer]
			if other == nil {
				other = is
			}
			out.Alternate = with(out.Alternate, pointer, h.apply(other))
		}
	}
	return out
}

// secretProperties are the properties that hold a secret.
func secretProperties(e *catalog.Entity) []string {
	var pointers []string
	for name, value := range e.Properties {
		if catalog.HasSecret(value) {
			pointers = append(pointers, catalog.PropertyPointer(name))
		}
	}
	for name := range e.Labels {
		if pointer := catalog.LabelPointer(name); catalog.HasSecret(e.At(pointer)) {
			pointers = append(pointers, pointer)
		}
	}
	return pointers
}

func with(values map[string]catalog.Value, pointer string, value catalog.Value) map[string]catalog.Value {
	if values == nil {
		values = map[string]catalog.Value{}
	}
	values[pointer] = value
	return values
}

// redactPath is the path of a property in the digests of its secrets, which readers
// make below the properties: see [redact.Keys.Secret].
func redactPath(pointer string) string { return strings.TrimPrefix(pointer, "/properties") }

// hardening digests some places of a property.
type hardening struct {
	keys   *redact.Keys
	entity uuid.UUID
	path   string          // of the property
	places map[string]bool // pointers below it
	under  string          // the id of the key
}

func (h hardening) apply(value catalog.Value) catalog.Value {
	if h.places[""] {
		return h.secret("", value)
	}
	c := catalog.Canonicalizer{Hook: h}
	hardened, err := c.Append(nil, value)
	if err != nil { // deeper than any reader reads
		return h.secret("", value)
	}
	return hardened
}

func (h hardening) secret(place string, value catalog.Value) catalog.Value {
	return h.keys.SecretUnder(h.under, h.entity, h.path+place, value)
}

// Replaces, ReplacesText and Replacement are [catalog.Hook].
func (h hardening) Replaces(path catalog.Path, _ []byte, _ int) bool { return h.places[path.Pointer()] }
func (h hardening) ReplacesText([]byte, bool) bool                   { return false }
func (h hardening) Replacement(dst []byte, path catalog.Path, value catalog.Value) []byte {
	return append(dst, h.secret(path.Pointer(), value)...)
}

func (s *set) scrub(ctx context.Context, entity uuid.UUID, properties []string) error {
	return s.Store.Under(s.lease).Scrub(ctx, entity, properties, func(entity uuid.UUID, property string, plain catalog.Value) catalog.Value {
		return s.keys.Secret(entity, redactPath(property), plain)
	})
}
