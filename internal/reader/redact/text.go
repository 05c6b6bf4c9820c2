package redact

import (
	"bytes"
	"hash/maphash"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/catalog"
)

const (
	// maxTextBytes and maxTextDepth bound the text of a known format inside a string
	// that is looked through, maxTextLevels how often such text may stand in such text.
	// What is beyond a bound is taken for a secret.
	maxTextBytes  = 1 << 20
	maxTextDepth  = 100
	maxTextLevels = 4
)

// text looks for what is secret by nature in a string that is text of a known format
// itself, and learns it unless the redactor is frozen:
//
//	JSON                    container definitions, policies, app settings
//	YAML                    values of Helm, manifests, cloud-init
//	lines of names and      dotenv, ini, HCL, scripts, connection strings
//	values
//	XML                     settings of .NET and Java
//	base64 of all of these  user data
//
// It keeps its memory from one string to the next.
type text struct {
	redactor  *Redactor
	nature    nature
	canonical catalog.Canonicalizer
	level     int
	inner     *text // of strings inside this text, nil until there is one

	// raw is JSON text: the string itself, or what it says in YAML. unquoted is the
	// string, before it was decoded from base64.
	raw, unquoted, decoded, made, out []byte

	found   bool
	outline outline
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

// minTextBytes is how long the shortest text is that names a secret and has it: `pw=x`.
const minTextBytes = 4

// rare are the bytes that a text must have for some of what is looked for. Most objects
// have none of them, so that their strings need not be asked.
type rare struct{ escape, equals, at, tilde bool }

func rareIn(text []byte) rare {
	return rare{bytes.IndexByte(text, '\\') >= 0, bytes.IndexByte(text, '=') >= 0, bytes.IndexByte(text, '@') >= 0, bytes.IndexByte(text, '~') >= 0}
}

// anyRare is for a text that nobody looked at.
var anyRare = rare{true, true, true, true}

// mayHold decides for nearly every string, quoted as in its document, that there is no
// text in it to be looked through.
func mayHold(quoted []byte, escaped bool, has rare) bool {
	if len(quoted) < minTextBytes+2 {
		return false
	}
	text := quoted[1 : len(quoted)-1]
	switch first := text[0]; {
	case escaped, first == '{', first == '[', first == '<', first <= ' ':
		return true
	}
	if has.equals && bytes.IndexByte(text, '=') > 0 {
		return true
	}
	return len(text) > MinSecretChars && (mayBeBase64(text) || bytes.IndexByte(text, ' ') > 0 && bytes.Contains(text, []byte(": ")))
}

// holdsSecret reports whether something that is secret by nature stands in the text
// that a string is, quoted as in its document.
func (t *text) holdsSecret(quoted []byte) bool {
	if !mayHold(quoted, bytes.IndexByte(quoted, '\\') >= 0, anyRare) {
		return false
	}
	if t.level > 0 || len(quoted) < minRemembered {
		t.unquoted, _ = jsontext.AppendUnquote(t.unquoted[:0], quoted)
		return t.look(t.unquoted)
	}
	key := maphash.Bytes(segmentSeed, quoted)
	found, known := t.redactor.texts[key]
	if !known {
		t.unquoted, _ = jsontext.AppendUnquote(t.unquoted[:0], quoted)
		if found = t.look(t.unquoted); len(t.redactor.texts) < maxRemembered {
			t.redactor.texts[key] = found
		}
	}
	return found
}

// A long text that stands in many places (a script, the values of a chart) is looked
// through once before [Redactor.Freeze], and once after.
const (
	minRemembered = 512 // bytes
	maxRemembered = 1 << 13
)

func (t *text) look(raw []byte) bool {
	begin := bytes.TrimLeft(raw, " \t\r\n\ufeff")
	if len(begin) == 0 {
		return false
	}
	switch begin[0] {
	case '{', '[', '"':
		if isJSON, found := t.lookJSON(raw); isJSON {
			return found
		}
	case '<':
		if isXML, found := t.lookXML(raw); isXML {
			return found
		}
	}
	if mayBeBase64(raw) && t.lookBase64(raw) {
		return true
	}
	return t.lookLines(raw)
}

// lookJSON looks through JSON text: an object, an array, or again such a string.
func (t *text) lookJSON(raw []byte) (isJSON, found bool) {
	if len(raw) > maxTextBytes {
		return true, true
	}
	if !jsontext.Value(raw).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) {
		return false, false
	}
	return true, t.level >= maxTextLevels || t.walk(raw)
}

// walk goes through valid JSON text.
func (t *text) walk(raw []byte) bool {
	t.raw, t.found, t.outline = raw, false, unknownOutline
	t.nature.begin(raw)
	out, err := t.canonical.Append(t.out[:0], raw)
	t.out = out
	return t.found || err != nil
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
		for name := range catalog.QuotedMembers(t.raw) {
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
	if name == nil || !t.nature.isSecret(path, t.nature.names.mark(name), offset) {
		return false
	}
	isTree := t.raw[offset] == '{' || t.raw[offset] == '['
	return !isTree || !t.describes()
}

func (h *textHook) ReplacesText(quoted []byte, isName bool) bool {
	if isName || h.found && h.redactor.frozen {
		return false
	}
	escaped := bytes.IndexByte(quoted, '\\') >= 0
	if h.redactor.frozen && h.redactor.whole.has(quoted, escaped) || mayHold(quoted, escaped, anyRare) && (*text)(h).within().holdsSecret(quoted) {
		h.found = true
	}
	return false
}

func (h *textHook) Replacement(dst []byte, _ catalog.Path, canonical catalog.Value) []byte {
	isText := len(canonical) > 2 && canonical[0] == '"'
	if !h.redactor.references.arePlain(canonical) && !(isText && isTemplate(canonical[1:])) {
		h.found = true
		h.redactor.learn(canonical, (*text)(h).within())
	}
	return dst
}
