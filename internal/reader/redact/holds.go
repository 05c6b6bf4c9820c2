package redact

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// Holds reports whether a known secret may stand in a text of JSON values, whatever
// stands between them: in the text as it is, or in one of its strings. Where it does
// not, and the text is what a redactor made before [Redactor.Freeze], the frozen
// redactor would make the same again.
func (r *Redactor) Holds(text []byte) bool {
	if r.finder.Empty() {
		return false
	}
	if r.finder.In(text) {
		return true
	}
	for bytes.IndexByte(text, '\\') >= 0 {
		start := bytes.IndexByte(text, '"')
		if start < 0 {
			return false
		}
		end, escaped := start+1, false
		for end < len(text) && text[end] != '"' {
			if text[end] == '\\' {
				escaped = true
				end++
			}
			end++
		}
		end = min(end+1, len(text))
		if escaped {
			if plain, err := jsontext.AppendUnquote(r.unused[:0], text[start:end]); err != nil || r.finder.In(plain) {
				return true
			}
		}
		text = text[end:]
	}
	return false
}

// Relearn takes a value that [Redactor.Append] replaced, of the same object as before,
// without the rest of the object. A text that is JSON text itself is not such a value.
func (r *Redactor) Relearn(v []byte) { r.learn(v, r.text) }
