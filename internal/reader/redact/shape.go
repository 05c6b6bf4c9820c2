package redact

import (
	"bytes"
	"encoding/base64"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// minShapedBytes is how long the shortest text is that may hold a shape.
const minShapedBytes = 14

// hasShape reports whether something stands in a string, quoted as in its document,
// that is secret wherever it stands, and learns it. An id that is called one is none.
func (r *Redactor) hasShape(quoted []byte, isID bool) bool {
	if len(quoted) < minShapedBytes+2 {
		return false
	}
	text, has := quoted[1:len(quoted)-1], r.has
	if has.escape && bytes.Contains(text, []byte(`\u`)) {
		r.unquoted, _ = jsontext.AppendUnquote(r.unquoted[:0], quoted)
		text, has = r.unquoted, anyRare
	}
	secret, found := findShape(text, isID, has)
	if found && secret != "" && !r.frozen {
		if strings.IndexByte(secret, '\\') >= 0 {
			if plain, err := jsontext.AppendUnquote(nil, []byte(`"`+secret+`"`)); err == nil {
				secret = string(plain)
			}
		}
		r.know(secret)
	}
	return found
}

// findShape gives the first secret in a text by its shape; what of it may be looked for
// elsewhere, "" where that is nothing.
func findShape(text []byte, isID bool, has rare) (secret string, found bool) {
	if has.at && bytes.IndexByte(text, '@') > 0 {
		if secret, found = urlPassword(text); found {
			return secret, true
		}
	}
	if has.tilde {
		if at := bytes.IndexByte(text, '~'); at > 0 && isClientSecret(text, at) {
			return string(text[at-5 : at+30]), true
		}
	}
	tokens := webTokens{dot: -1}
	// Each shape is known by its first four bytes, of which either of two windows of
	// three stands at an even offset.
	for i := 0; i+3 <= len(text); i += 2 {
		window := windowOf(text[i:])
		if shapeBits[window/64]&(1<<(window%64)) == 0 {
			continue
		}
		for start := max(0, i-1); start <= i; start++ {
			if secret, found = shapeAt(text, start, isID, &tokens); found {
				return secret, true
			}
		}
	}
	return "", false
}

// windowOf hashes three bytes to 16 bits.
func windowOf(text []byte) uint32 {
	return (uint32(text[0]) | uint32(text[1])<<8 | uint32(text[2])<<16) * 0x9E3779B1 >> 16
}

// special shapes are those with a rule of their own.
var specials = map[string]func(tokens *webTokens, text []byte, start int) (string, bool){
	"-----BEGIN ": privateKey, "eyJ": (*webTokens).at, "Basic ": basicAuth, "basic ": basicAuth,
}

var shapeBits, shapesByHead = indexShapes()

func indexShapes() (bits [1 << 16 / 64]uint64, byHead map[[3]byte][]*shape) {
	byHead = map[[3]byte][]*shape{}
	mark := func(begins string, s *shape) {
		head := [3]byte([]byte(begins))
		byHead[head] = append(byHead[head], s)
		for next := range 256 {
			window := windowOf([]byte{begins[1], begins[2], byte(next)})
			if len(begins) > 3 && byte(next) != begins[3] {
				continue
			}
			bits[window/64] |= 1 << (window % 64)
		}
		window := windowOf([]byte(begins))
		bits[window/64] |= 1 << (window % 64)
	}
	for n := range shapes {
		mark(shapes[n].begins, &shapes[n])
	}
	for begins := range specials {
		mark(begins, &shape{begins: begins})
	}
	return bits, byHead
}

func shapeAt(text []byte, start int, isID bool, tokens *webTokens) (secret string, found bool) {
	if start+3 > len(text) {
		return "", false
	}
	for _, s := range shapesByHead[[3]byte(text[start:])] {
		if !bytes.HasPrefix(text[start:], []byte(s.begins)) || !s.anywhere && start > 0 && letters[text[start-1]] && !afterEscape(text, start) {
			continue
		}
		if special := specials[s.begins]; special != nil {
			if secret, found = special(tokens, text, start); found {
				return secret, true
			}
			continue
		}
		size, digits := s.size(text[start+len(s.begins):])
		if size < s.least || s.exact && size > s.least || s.digit && !digits || s.isID && isID {
			continue
		}
		end := start + len(s.begins) + size
		switch {
		case s.isID:
			return "", true
		case s.after:
			start += len(s.begins)
		}
		return string(text[start:end]), true
	}
	return "", false
}

// firstDigit is how far a digit is looked for: a longer word is none with a digit in it.
const firstDigit = 256

// size counts the characters of a shape after its beginning, as far as has to be known:
// a text may begin the same shape at each of its characters.
func (s *shape) size(rest []byte) (size int, digits bool) {
	if s.exact {
		rest = rest[:min(len(rest), s.least+1)]
	}
	for ; size < len(rest) && s.of[rest[size]]; size++ {
		digits = digits || rest[size] >= '0' && rest[size] <= '9'
		if s.digit && !digits && size >= firstDigit {
			break
		}
	}
	return size, digits
}

// afterEscape reports whether an escape ends before the offset: \n, \u0026.
func afterEscape(text []byte, at int) bool {
	return at >= 2 && text[at-2] == '\\' || at >= 6 && text[at-6] == '\\' && text[at-5] == 'u'
}

// privateKey finds a private key in PEM or PGP's armour.
func privateKey(_ *webTokens, text []byte, start int) (string, bool) {
	title := text[start+len("-----BEGIN "):]
	end := bytes.Index(title, []byte("-----"))
	if end < 0 || end > 60 || !bytes.Contains(title[:end], []byte("PRIVATE KEY")) {
		return "", false
	}
	block := text[start:]
	if end := bytes.Index(block, []byte("-----END ")); end > 0 {
		block = block[:end]
	}
	return string(block), true
}

// basicAuth finds a user and password as HTTP sends them. Source: RFC 7617.
func basicAuth(_ *webTokens, text []byte, start int) (string, bool) {
	encoded := text[start+len("Basic "):]
	encoded = encoded[:run(encoded, base64s)]
	plain, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(string(encoded), "="))
	if err != nil || len(plain) < 5 || !isText(plain) || bytes.IndexByte(plain, ':') < 0 {
		return "", false
	}
	return string(encoded), true
}

// isClientSecret finds a client secret of Entra ID, which has "8Q~" after three of its
// characters.
func isClientSecret(text []byte, at int) bool {
	if at < 5 || at+32 > len(text) || text[at-1] != 'Q' || text[at-2] < '0' || text[at-2] > '9' {
		return false
	}
	return run(text[at-5:at-1], bearers) == 4 && run(text[at+1:], bearers) >= 31
}

// run counts the bytes of a set that a text begins with.
func run(text []byte, of *charset) int {
	for i, c := range text {
		if !of[c] {
			return i
		}
	}
	return len(text)
}
