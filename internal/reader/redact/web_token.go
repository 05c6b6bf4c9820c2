package redact

import (
	"bytes"
	"encoding/base64"
)

// webTokens finds JSON Web Tokens, and what encrypts them: three to five parts, each
// followed by a dot but the last. Any part may begin as a token does, many times over,
// so what follows a part is looked at once for all that begin in it.
// Source: RFC 7515, RFC 7516.
type webTokens struct {
	from, dot int // the part that was looked at; dot is its end
	parts     int // it and those that follow, at most one too many
	second    int // characters of the next
	end       int // of the last
}

const (
	minTokenParts, maxTokenParts = 3, 5
	minHeader, minPayload        = 15, 10
)

// at gives the token that begins at an offset; the offsets of one text only grow.
func (w *webTokens) at(text []byte, start int) (string, bool) {
	if start < w.from || start > w.dot {
		w.look(text, start)
	}
	header := text[start:w.dot]
	if w.parts < minTokenParts || w.parts > maxTokenParts || len(header) < minHeader || w.second < minPayload && w.parts == minTokenParts {
		return "", false
	}
	// Four characters are three bytes: the last ones tell how the header ends.
	odd := len(header) % 4
	if odd == 0 {
		odd = 4
	}
	ends, err := base64.RawURLEncoding.DecodeString(string(header[len(header)-odd:]))
	if err != nil || !bytes.HasSuffix(ends, []byte("}")) {
		return "", false
	}
	return string(text[start:w.end]), true
}

// look counts the parts from an offset on.
func (w *webTokens) look(text []byte, start int) {
	*w = webTokens{from: start, dot: start + run(text[start:], dashed), parts: 1}
	for w.end = w.dot; w.end < len(text) && text[w.end] == '.' && w.parts <= maxTokenParts; w.parts++ {
		size := run(text[w.end+1:], dashed)
		if w.parts == 1 {
			w.second = size
		}
		w.end += 1 + size
	}
}
