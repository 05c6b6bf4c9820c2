package redact

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/catalog"
)

// reason is why a value is about to be replaced.
type reason int

const (
	otherwise reason = iota
	byNature         // for the name alone: it may turn out plain
	byText           // for what stands in the JSON text that it is
)

// hook is the redactor as the canonicalizer sees it.
type hook Redactor

// Replaces decides by the document's own marks, by the type's attributes and by the
// name, in that order: only what is replaced for its name alone may turn out plain.
func (h *hook) Replaces(path catalog.Path, name []byte, offset int) bool {
	h.why = otherwise
	if h.marked(offset) {
		return true
	}
	if name == nil {
		return false
	}
	if len(path) == 1 && h.secretInType(name) {
		return true
	}
	if !h.nature.isSecret(path, name) {
		return false
	}
	h.why = byNature
	return true
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
	if h.frozen && h.holdsKnown(quoted) {
		return true
	}
	if isName || !mayBeJSON(quoted) || !h.text.holdsSecret(quoted) {
		return false
	}
	h.why = byText
	return true
}

// holdsKnown reports whether a known secret stands in a string.
func (h *hook) holdsKnown(quoted []byte) bool {
	if len(quoted) < windowBytes+2 {
		return false
	}
	if bytes.IndexByte(quoted, '\\') < 0 {
		return h.finder.In(quoted[1 : len(quoted)-1])
	}
	text, _ := jsontext.AppendUnquote(nil, quoted)
	return h.finder.In(text)
}

// Replacement puts the secret's digest in its place, and learns its strings. Of JSON
// text inside a string they are learnt already: the rest of it is no secret.
func (h *hook) Replacement(dst []byte, path catalog.Path, canonical catalog.Value) []byte {
	why := h.why
	h.why = otherwise
	if why == byNature && h.references.arePlain(canonical) && !h.finder.In(canonical) {
		return append(dst, canonical...)
	}
	if len(path) == 0 {
		h.badName = true
		return dst
	}
	h.hit = true
	if why != byText {
		(*Redactor)(h).learn(canonical, h.text)
	}
	return append(dst, h.make(h.object.Entity, path.Pointer(), canonical)...)
}
