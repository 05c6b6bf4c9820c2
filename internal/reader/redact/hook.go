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
	byText           // for what stands in the text that it is
	presumed         // for what it may be
)

// hook is the redactor as the canonicalizer sees it.
type hook Redactor

// Replaces decides by the document's own marks, by the type's attributes and by the
// name, in that order: only what is replaced for its name alone may turn out plain.
func (h *hook) Replaces(path catalog.Path, name []byte, offset int) bool {
	h.why = otherwise
	if marks(h.object.Secret, &h.next, offset) {
		return true
	}
	if marks(h.object.Presumed, &h.nextPresumed, offset) {
		h.why = presumed
		return true
	}
	if name == nil {
		return false
	}
	if len(path) == 1 && h.secretInType(name) {
		return true
	}
	mark := h.nature.names.mark(name)
	h.isID = mark&(anyID|topID) != 0
	if h.isID && !h.frozen && (mark&anyID != 0 || len(path) == 1) && !h.ofType.made && !h.object.Unnamed {
		h.ids = append(h.ids, offset)
	}
	if !h.nature.isSecret(path, mark, offset) {
		return false
	}
	h.why = byNature
	return true
}

// marks reports whether a span starts at the offset; spans inside values that were
// replaced before are passed over.
func marks(spans []catalog.Span, next *int, offset int) bool {
	for *next < len(spans) && spans[*next].Start < offset {
		*next++
	}
	return *next < len(spans) && spans[*next].Start == offset
}

// secretInType asks the type's rules. The value of an aws_ssm_parameter is secret when
// another attribute says SecureString, which the raw text tells soonest.
func (h *hook) secretInType(name []byte) bool {
	if len(h.ofType.rules) > 0 {
		return h.ofType.isSecret(name)
	}
	return string(name) == `"value"` && strings.HasSuffix(h.object.Type, "aws_ssm_parameter") &&
		bytes.Contains(h.object.Raw, []byte(`"SecureString"`))
}

func (h *hook) ReplacesText(quoted []byte, isName bool) bool {
	escaped := h.has.escape && bytes.IndexByte(quoted, '\\') >= 0
	if isName && (escaped || bytes.HasPrefix(quoted, []byte(`"$`))) {
		if name, _ := catalog.Text(quoted); name == catalog.SecretMember {
			return true
		}
	}
	if h.frozen && (h.holdsKnown(quoted, escaped) || !isName && h.whole.has(quoted, escaped)) {
		return true
	}
	if isName {
		return (*Redactor)(h).hasShape(quoted, true) && (h.frozen || len(h.known) == 0)
	}
	if (*Redactor)(h).hasShape(quoted, h.isID) || mayHold(quoted, escaped, h.has) && h.text.holdsSecret(quoted) {
		h.why = byText
		return true
	}
	return false
}

// holdsKnown reports whether a known secret stands in a string.
func (h *hook) holdsKnown(quoted []byte, escaped bool) bool {
	if len(quoted) < windowBytes+2 || h.finder.Empty() {
		return false
	}
	if !escaped {
		return h.finder.In(quoted[1 : len(quoted)-1])
	}
	h.unquoted, _ = jsontext.AppendUnquote(h.unquoted[:0], quoted)
	return h.finder.In(h.unquoted)
}

// Replacement puts the secret's digest in its place, and learns its strings. Of text
// of a known format they are learnt already: the rest of it is no secret.
func (h *hook) Replacement(dst []byte, path catalog.Path, canonical catalog.Value) []byte {
	why := h.why
	h.why = otherwise
	told := catalog.WithoutNull(canonical)
	if why == byNature && h.references.arePlain(told) && !h.finder.In(canonical) {
		return append(dst, canonical...)
	}
	if len(path) == 0 {
		h.badName = true
		return dst
	}
	h.hit = true
	pointer := path.Pointer()
	if why != byText {
		h.at.pointer, h.at.presumed = pointer, why == presumed
		(*Redactor)(h).learn(canonical, h.text)
		h.at.pointer, h.at.presumed = "", false
	}
	return append(dst, h.make(h.object.Entity, pointer, told)...)
}

// nameThings tells the segments of what names things in the object. What the object
// itself declares secret is not common for standing in one of its own ids, unless it is
// a word.
func (r *Redactor) nameThings() {
	for _, at := range r.ids {
		switch r.object.Raw[at] {
		case '"':
			if text, ok := plainString(r.object.Raw[at:]); ok {
				r.segments.add(text, r.here)
			}
		case '[':
			list := r.object.Raw[at:]
			for _, span := range catalog.Elements(list) {
				if text, ok := plainString(span.Of(list)); ok {
					r.segments.add(text, r.here)
				}
			}
		}
	}
	r.ids = r.ids[:0]
	clear(r.here)
}

// plainString is the text of a string that begins the value, where it has no escapes.
func plainString(v []byte) (text []byte, ok bool) {
	if len(v) == 0 || v[0] != '"' {
		return nil, false
	}
	end := bytes.IndexByte(v[1:], '"')
	if end < 0 || bytes.IndexByte(v[1:1+end], '\\') >= 0 {
		return nil, false
	}
	return v[1 : 1+end], true
}
