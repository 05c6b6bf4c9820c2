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
// [Keys] make the digests. A value is secret
//
//	because the document says so      Object.Secret, Object.Presumed
//	by its type's attributes          types.go
//	by its name, or one beside it     names.go, words.go, pair.go; plain.go has what is none even so
//	in text of a known format         text.go: JSON; yaml.go, lines.go, xml.go, base64.go
//	by its shape, wherever it stands  shapes.go, url.go
//	because it is known               learn.go: in the forms of forms.go, wherever it stands again
//
// What is known is hunted for inside longer texts only with enough entropy (entropy.go),
// and not at all where it names something in the document (segments.go).
package redact
