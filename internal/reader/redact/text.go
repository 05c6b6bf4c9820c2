package redact

import (
	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/catalog"
)

const (
	// maxTextBytes and maxTextDepth bound the JSON text inside a string that is looked
	// through, maxTextLevels how often such text may stand in such text. What is
	// beyond a bound is taken for a secret.
	maxTextBytes  = 1 << 20
	maxTextDepth  = 100
	maxTextLevels = 4
)

// text looks for what is secret by nature in a string that is JSON text itself
// (container definitions, app settings), and learns it unless the redactor is frozen.
// It keeps its memory from one string to the next.
type text struct {
	redactor  *Redactor
	nature    nature
	canonical catalog.Canonicalizer
	level     int
	inner     *text // of strings inside this text, nil until there is one

	unquoted, out []byte
	found         bool
	outline       outline
}

// outline says whether names in a text may be those of things that it describes.
type outline int

const (
	unknownOutline outline = iota
	plainOutline
	descriptiveOutline
)

func newText(r *Redactor, level int) *text {
	t := &text{redactor: r, nature: newTextNature(r), level: level}
	t.canonical = catalog.Canonicalizer{Hook: (*textHook)(t), MaxDepth: maxTextDepth, Unsorted: true}
	return t
}

// newTextNature shares the caches of the redactor's own.
func newTextNature(r *Redactor) nature {
	return nature{names: r.nature.names, pairNames: r.nature.pairNames}
}

// holdsSecret reports whether a string, quoted as in its document, is JSON text with
// something in it that is secret by nature: an object, an array, or again such a string.
func (t *text) holdsSecret(quoted []byte) bool {
	if !mayBeJSON(quoted) {
		return false
	}
	if len(quoted) > maxTextBytes {
		return true
	}
	t.unquoted, _ = jsontext.AppendUnquote(t.unquoted[:0], quoted)
	raw := catalog.Value(t.unquoted)
	switch raw.Kind() {
	case jsontext.KindBeginObject, jsontext.KindBeginArray, jsontext.KindString:
	default:
		return false
	}
	if !raw.IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) {
		return false
	}
	if t.level >= maxTextLevels {
		return true
	}
	t.found, t.outline = false, unknownOutline
	t.nature.begin(raw)
	out, err := t.canonical.Append(t.out[:0], raw)
	t.out = out
	return t.found || err != nil
}

// mayBeJSON decides for nearly every string by its first character.
func mayBeJSON(quoted []byte) bool {
	first := quoted[1]
	return first == '{' || first == '[' || first == '\\' || first <= ' '
}

// within gives the text of strings inside this one.
func (t *text) within() *text {
	if t.inner == nil {
		t.inner = newText(t.redactor, t.level+1)
	}
	return t.inner
}

// describes reports whether the text is of a format whose objects are named after the
// things that they describe: there an object "PasswordReset" holds no secret, but a
// string "password" does.
func (t *text) describes() bool {
	if t.outline == unknownOutline {
		t.outline = plainOutline
		for name := range catalog.QuotedMembers(t.unquoted) {
			switch string(name) {
			case `"openapi"`, `"swagger"`, `"asyncapi"`, `"$schema"`, // APIs and schemas
				`"StartAt"`,                  // Amazon States Language
				`"AWSTemplateFormatVersion"`: // CloudFormation
				t.outline = descriptiveOutline
			}
		}
	}
	return t.outline == descriptiveOutline
}

// textHook is the text as the canonicalizer sees it. Nobody asks for what it appends.
type textHook text

func (h *textHook) Replaces(path catalog.Path, name []byte, offset int) bool {
	t := (*text)(h)
	if name == nil || !t.nature.isSecret(path, name) {
		return false
	}
	isTree := t.unquoted[offset] == '{' || t.unquoted[offset] == '['
	return !isTree || !t.describes()
}

func (h *textHook) ReplacesText(quoted []byte, isName bool) bool {
	if !isName && mayBeJSON(quoted) && (*text)(h).within().holdsSecret(quoted) {
		h.found = true
	}
	return false
}

func (h *textHook) Replacement(dst []byte, _ catalog.Path, canonical catalog.Value) []byte {
	if !h.redactor.references.arePlain(canonical) {
		h.found = true
		h.redactor.learn(canonical, (*text)(h).within())
	}
	return dst
}
