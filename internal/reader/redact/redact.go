// Package redact keeps secrets out of Plumbline: it knows which names are secret by
// nature, finds a known secret wherever it stands again in a document, and puts a
// keyed digest in a secret's place.
//
// Its one invariant: what it returns cannot be turned back into the secret without
// the key, and two secrets can only be told equal at the same path of the same
// entity.
package redact
