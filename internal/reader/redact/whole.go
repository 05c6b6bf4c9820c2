package redact

import (
	"encoding/base64"

	"github.com/go-json-experiment/json/jsontext"
)

// wholes are the secrets that are too ordinary to be hunted for: they are recognised
// where they are the whole of a string, as they are or in base64. The zero value is
// empty.
type wholes struct {
	texts         map[string]struct{}
	least, most   int // lengths of the texts, in bytes
	unquotedTexts []byte
}

func (w *wholes) add(secret string) {
	if w.texts == nil {
		w.texts, w.least = map[string]struct{}{}, len(secret)
	}
	for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret))} {
		w.texts[form] = struct{}{}
		w.least, w.most = min(w.least, len(form)), max(w.most, len(form))
	}
}

// has reports whether a string, quoted as in its document, is one of them.
func (w *wholes) has(quoted []byte, escaped bool) bool {
	if w.texts == nil || len(quoted)-2 < w.least {
		return false
	}
	text := quoted[1 : len(quoted)-1]
	if escaped {
		w.unquotedTexts, _ = jsontext.AppendUnquote(w.unquotedTexts[:0], quoted)
		text = w.unquotedTexts
	}
	if len(text) > w.most {
		return false
	}
	_, found := w.texts[string(text)]
	return found
}
