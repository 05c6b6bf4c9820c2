package reconcile

import (
	"plumbline/internal/catalog"
	"plumbline/internal/drift"
)

// sides are the two values of a property between which secrets are compared.
type sides struct {
	property      string
	before, after catalog.Value
	// alternate is after under the key that before may have been recorded with, nil
	// where it is the same.
	alternate catalog.Value
	// trusted: a secret under a key that nobody knows any more counts as the same.
	trusted bool
	// counts is how often each secret changed, by its pointer.
	counts map[string]int
}

// secrets says of each secret of either side whether it changed: one counts by its own
// path, whatever changed beside it.
func (s sides) secrets() map[string]drift.Secret {
	if !catalog.HasSecret(s.before) && !catalog.HasSecret(s.after) {
		return nil
	}
	was, is, other := s.at(s.before), s.at(s.after), s.at(s.alternate)
	secrets := make(map[string]drift.Secret, max(len(was), len(is)))
	for pointer := range is {
		secrets[pointer] = drift.Secret{Changes: s.counts[pointer]}
	}
	for pointer, before := range was {
		secrets[pointer] = drift.Secret{Changes: s.counts[pointer], Changed: s.changed(before, is[pointer], other[pointer])}
	}
	return secrets
}

// at are the secrets of a value by their pointer into the entity.
func (s sides) at(v catalog.Value) map[string]catalog.Value {
	var all map[string]catalog.Value
	for pointer, span := range catalog.Secrets(v) {
		if all == nil {
			all = map[string]catalog.Value{}
		}
		all[s.property+pointer] = span.Of(v)
	}
	return all
}

func (s sides) changed(before, after, alternate catalog.Value) bool {
	switch {
	case after == nil:
		return true
	case catalog.Equal(before, after), alternate != nil && catalog.Equal(before, alternate):
		return false
	}
	key := catalog.SecretKeyID(before)
	unknown := key != catalog.SecretKeyID(after) && (alternate == nil || key != catalog.SecretKeyID(alternate))
	return !(unknown && s.trusted)
}

func anyChanged(secrets map[string]drift.Secret) bool {
	for _, s := range secrets {
		if s.Changed {
			return true
		}
	}
	return false
}
