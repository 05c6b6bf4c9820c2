package redact

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/catalog"
)

// hook is the redactor as the canonicalizer sees it.
type hook Redactor

// Replaces decides by the document's own marks, by the type's attributes and by the
// name, in that order: only what is replaced for its name alone may turn out plain.
func (h *hook) Replaces(path catalog.Path, name []byte, offset int) bool {
	h.byName = false
	if h.marked(offset) {
		return true
	}
	if name == nil {
		return false
	}
	if len(path) == 1 && h.secretInType(name) {
		return true
	}
	h.byName = h.names.isSecret(name)
	return h.byName
}

// marked reports whether a span starts at the offset; spans inside values that were
// replaced before are passed over.
func (h *hook) marked(offset int) bool {
	for h.next < len(h.object.Secret) && h.object.Secret[h.next].Start < offset {
		h.next++
	}
	return h.next < len(h.object.Secret) && h.object.Secret[h.next].Start == offset
}

// secretInType asks the type's rules. The value of an aws_ssm_parameter is secret when
// another attribute says SecureString, which the raw text tells soonest.
func (h *hook) secretInType(name []byte) bool {
	if h.ofType != nil {
		attribute, _ := catalog.Text(name)
		return h.ofType(attribute)
	}
	return string(name) == `"value"` && strings.HasSuffix(h.object.Type, "aws_ssm_parameter") &&
		bytes.Contains(h.object.Raw, []byte(`"SecureString"`))
}

func (h *hook) ReplacesText(quoted []byte, isName bool) bool {
	if isName && bytes.HasPrefix(quoted, []byte(`"$`)) || isName && bytes.IndexByte(quoted, '\\') >= 0 {
		if name, _ := catalog.Text(quoted); name == catalog.SecretMember {
			return true
		}
	}
	if !h.frozen || len(quoted) < windowBytes+2 {
		return false
	}
	if bytes.IndexByte(quoted, '\\') < 0 {
		return h.finder.In(quoted[1 : len(quoted)-1])
	}
	text, _ := jsontext.AppendUnquote(nil, quoted)
	return h.finder.In(text)
}

// Replacement puts the secret's digest in its place, and learns its strings.
func (h *hook) Replacement(dst []byte, path catalog.Path, canonical catalog.Value) []byte {
	byName := h.byName
	h.byName = false
	if byName && IsPlainUnderSecretName(canonical) {
		return append(dst, canonical...)
	}
	if len(path) == 0 {
		h.badName = true
		return dst
	}
	h.hit = true
	if !h.frozen {
		h.learn(canonical)
	}
	return append(dst, h.make(h.object.Entity, path.Pointer(), canonical)...)
}

// learn adds every string inside a secret value, and what is secret by name inside a
// string that is JSON text itself.
func (h *hook) learn(v catalog.Value) {
	switch v.Kind() {
	case jsontext.KindString:
		text, _ := catalog.Text(v)
		h.learnText(text)
	case jsontext.KindBeginObject:
		for _, span := range catalog.Members(v) {
			h.learn(span.Of(v))
		}
	case jsontext.KindBeginArray:
		for _, span := range catalog.Elements(v) {
			h.learn(span.Of(v))
		}
	}
}

func (h *hook) learnText(text string) {
	if len(text) < MinSecretChars || utf8.RuneCountInString(text) < MinSecretChars {
		return
	}
	h.known[strings.Clone(text)] = struct{}{}
	if inner := catalog.Value(text); (text[0] == '{' || text[0] == '[') && inner.IsValid() {
		h.learnNamed(inner)
	}
}

func (h *hook) learnNamed(v catalog.Value) {
	for name, span := range catalog.Members(v) {
		if inner := span.Of(v); IsSecretName(name) && !IsPlainUnderSecretName(inner) {
			h.learn(inner)
		} else {
			h.learnNamed(inner)
		}
	}
	for _, span := range catalog.Elements(v) {
		h.learnNamed(span.Of(v))
	}
}
