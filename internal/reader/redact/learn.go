package redact

import (
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/catalog"
)

// learn adds every string inside a secret value, unless the learning has ended; those
// that are JSON text are looked through by inner, since what is secret in them may
// stand elsewhere alone.
func (r *Redactor) learn(v catalog.Value, inner *text) {
	if r.frozen {
		return
	}
	switch v.Kind() {
	case jsontext.KindString:
		r.learnText(v, inner)
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

func (r *Redactor) learnText(quoted catalog.Value, inner *text) {
	secret, _ := catalog.Text(quoted)
	if utf8.RuneCountInString(secret) < MinSecretChars {
		return
	}
	r.known[secret] = struct{}{}
	inner.holdsSecret(quoted)
}

// LearnFrom adds what another redactor has learnt of the same document.
func (r *Redactor) LearnFrom(other *Redactor) {
	for secret := range other.known {
		r.known[secret] = struct{}{}
	}
}
