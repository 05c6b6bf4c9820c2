package redact

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"plumbline/internal/catalog"
)

// origin is where a secret was declared: at a path of an entity's properties, "" where
// it is not known.
type origin struct {
	entity  uuid.UUID
	pointer string
	// presumed: nothing says that the value is secret, only that it may be one.
	presumed bool
}

// before orders origins so that whoever learns first, the same one is kept: rather one
// that is known.
func (o origin) before(other origin) bool {
	if o.presumed != other.presumed {
		return other.presumed
	}
	if nowhere := o.entity == uuid.Nil; nowhere != (other.entity == uuid.Nil) {
		return !nowhere
	}
	if c := bytes.Compare(o.entity[:], other.entity[:]); c != 0 {
		return c < 0
	}
	return o.pointer < other.pointer
}

// learn adds every string inside a secret value, unless the learning has ended; those
// that are text of a known format are looked through by inner, since what is secret in
// them may stand elsewhere alone.
func (r *Redactor) learn(v catalog.Value, inner *text) {
	if r.frozen {
		return
	}
	switch v.Kind() {
	case jsontext.KindString:
		secret, _ := catalog.Text(v)
		if utf8.RuneCountInString(secret) >= MinSecretChars {
			r.know(secret)
			inner.holdsSecret(v)
		}
	case jsontext.KindBeginObject:
		for _, span := range catalog.Members(v) {
			r.learn(span.Of(v), inner)
		}
	case jsontext.KindBeginArray:
		for _, span := range catalog.Elements(v) {
			r.learn(span.Of(v), inner)
		}
	}
}

// know adds one secret, learnt at r.at. One that is only presumed must be nobody's
// ordinary word, and no name of a thing.
func (r *Redactor) know(secret string) {
	if r.frozen || utf8.RuneCountInString(secret) < MinSecretChars || r.at.presumed && !isPresumable(secret) {
		return
	}
	if isHunted(secret) {
		r.here[secret] = struct{}{}
	}
	if known, ok := r.known[secret]; !ok || r.at.before(known) {
		r.known[secret] = r.at
	}
}

// LearnFrom adds what another redactor has learnt of the same document.
func (r *Redactor) LearnFrom(other *Redactor) {
	for secret, at := range other.known {
		if known, ok := r.known[secret]; !ok || at.before(known) {
			r.known[secret] = at
		}
	}
	r.segments.merge(&other.segments)
}

// Names tells the redactor of a text that names something in the document: an address,
// a key, a type. What stands in it is no secret to hunt for, nor is an instance key of it.
func (r *Redactor) Names(text string) {
	if r.frozen {
		return
	}
	r.name = append(r.name[:0], text...)
	r.segments.add(r.name, nil)
	if !bytes.Contains(r.name, keyBegins) {
		return
	}
	for _, quoted := range keysIn(r.name) {
		if key, isText := catalog.Text(quoted); isText {
			r.segments.enter(&r.segments.whole, []byte(key), nil)
		}
	}
}

// Words tells the redactor of a text as [Redactor.Names] does, of a text that its author
// may have put a secret into: what stands in it is common where it is a word or an id.
func (r *Redactor) Words(text string) {
	if !r.frozen {
		r.segments.addWords([]byte(text))
	}
}

// Freeze ends the learning: from now on each string and name is searched for the
// secrets that were learnt. Those that also name something in the document are left
// out: see [Redactor.Common].
func (r *Redactor) Freeze() {
	var hunted []string
	r.whole, r.common = wholes{}, map[uuid.UUID][]string{}
	for secret, at := range r.known {
		switch {
		case r.segments.has(secret):
			if !at.presumed {
				r.common[at.entity] = append(r.common[at.entity], at.pointer)
			}
		case isHunted(secret):
			hunted = append(hunted, secret)
		default:
			r.whole.add(secret)
		}
	}
	r.finder, r.frozen, r.segments = NewFinder(hunted), true, segments{}
	clear(r.texts)
}

// Common gives the places (JSON Pointers into the entity's properties, "" for one that
// is not known; sorted) at which a frozen redactor knows secrets of that entity that
// are common knowledge: their value also names something in the document. It is hidden
// at each place that declares it secret, and nowhere else.
func (r *Redactor) Common(entity uuid.UUID) []string {
	places := r.common[entity]
	slices.Sort(places)
	return slices.Compact(places)
}

// CommonReason is the warning for one of [Redactor.Common].
func CommonReason(pointer string) string {
	where := "a value here"
	if pointer != "" {
		where = pointer
	}
	return where + " is declared secret, but its value also names something in this document: it is hidden here, not elsewhere"
}
