package redact

import (
	"bytes"
	"iter"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
)

// Tells reports whether a text that is not a property (a reason, a place) holds a known
// secret, or what is one by its shape.
func (r *Redactor) Tells(text string) bool { return r.secretIn([]byte(text)) >= 0 }

// Hidden is what is shown of a text that must not be shown.
const Hidden = "(hidden)"

// Plain is a text that is not a property, [Hidden] where [Redactor.Tells] says so.
func (r *Redactor) Plain(text string) string {
	if r.Tells(text) {
		return Hidden
	}
	return text
}

// Name is the name of an entity or a part of one. Where it holds a secret, one that is
// known or one by nature, that is masked from the segment on in which it starts: two
// names stay two, and no entity is lost. The document is anything that no other document
// has.
func (r *Redactor) Name(document uuid.UUID, name string) string {
	r.name = append(r.name[:0], name...)
	at := r.secretIn(r.name)
	if bytes.Contains(r.name, keyBegins) {
		if key := r.secretKey(r.name); key >= 0 && (at < 0 || key < at) {
			at = key
		}
	}
	if at < 0 {
		return name
	}
	for at > 0 && (!separates[name[at-1]] || name[at-1] == '-' || name[at-1] == '_') {
		at--
	}
	return name[:at] + r.keys.Mask(document, name[at:])
}

// HoldsSecret reports whether something that is secret by nature stands in a text: a token,
// a URL's password, the value of a parameter that is named after a secret.
func HoldsSecret(text string) bool {
	r := NewRedactor(nil, maxTextDepth)
	r.Freeze()
	return r.Tells(text) || r.text.holdsSecret(catalog.String(text))
}

// Named is [Redactor.Name] of what the document itself names something by, which tells
// the redactor of it as [Redactor.Names] does unless a part of it is secret by nature.
func (r *Redactor) Named(document uuid.UUID, name string) string {
	told := r.Name(document, name)
	if told == name {
		r.Names(name)
	}
	return told
}

// secretIn gives the offset of a secret in a text, one that is known or one by its shape,
// -1 where there is none. The id of a key is none.
func (r *Redactor) secretIn(text []byte) int {
	at := r.finder.Find(text)
	if len(text) < minShapedBytes {
		return at
	}
	if secret, found := findShape(text, true, anyRare); found {
		if shaped := max(0, bytes.Index(text, []byte(secret))); at < 0 || shaped < at {
			return shaped
		}
	}
	return at
}

// secretKey gives the offset of the first instance key in an address that is text of a
// known format with a secret by nature in it, -1 where there is none.
func (r *Redactor) secretKey(address []byte) int {
	for start, key := range keysIn(address) {
		if r.text.holdsSecret(key) {
			return start + 1
		}
	}
	return -1
}

// keyBegins is how an instance key that is a text begins in an address.
var keyBegins = []byte(`["`)

// keysIn gives the instance keys of an address that are texts, in their quotes, with
// their offsets.
func keysIn(address []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for end := 0; ; {
			key := bytes.Index(address[end:], keyBegins)
			if key < 0 {
				return
			}
			start := end + key + 1
			if end = catalog.StringEnd(address, start); !yield(start, address[start:end]) {
				return
			}
		}
	}
}
