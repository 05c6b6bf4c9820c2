// Package redact keeps secrets out of Plumbline: it knows which names are secret by
// nature, finds a known secret wherever it stands again in a document, and puts a
// keyed digest in a secret's place.
//
// Its one invariant: what it returns cannot be turned back into the secret without
// the key, and two secrets can only be told equal at the same path of the same
// entity.
//
// Start at [Redactor]: a document goes through it once to learn its secrets and, when
// there are any that could stand elsewhere, once more after [Redactor.Freeze].
// [Keys] make the digests. What is secret by nature stands in names.go and words.go (a
// member's name), pair.go (a name beside its value), text.go (JSON text in a string)
// and types.go (a resource type's attributes); plain.go has what is no secret even so.
package redact
