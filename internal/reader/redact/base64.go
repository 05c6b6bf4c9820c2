package redact

import (
	"encoding/base64"
	"unicode/utf8"
)

const (
	minBase64Bytes = 24
	// base64Begin is how much of a text is decoded to see whether it is text again.
	base64Begin = 16
)

var base64Digits = func() (digits [256]byte) {
	for i := range digits {
		digits[i] = 0xff
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		digits[c] = byte(i)
	}
	digits['-'], digits['_'] = digits['+'], digits['/']
	return digits
}()

// mayBeBase64 reports whether a text begins like base64 of a text.
func mayBeBase64(text []byte) bool {
	if len(text) < minBase64Bytes {
		return false
	}
	for i := 0; i < base64Begin; i += 4 {
		a, b, c, d := base64Digits[text[i]], base64Digits[text[i+1]], base64Digits[text[i+2]], base64Digits[text[i+3]]
		if a|b|c|d == 0xff || a > 63 || b > 63 || c > 63 || d > 63 {
			return false
		}
		bits := uint32(a)<<18 | uint32(b)<<12 | uint32(c)<<6 | uint32(d)
		if !beginsText(byte(bits>>16)) || !beginsText(byte(bits>>8)) || !beginsText(byte(bits)) {
			return false
		}
	}
	return true
}

// beginsText is stricter than what may follow: few texts begin with other letters than
// those of ASCII, but one in twenty of all bytes would do.
func beginsText(c byte) bool { return c < 0x80 && mayBeTextByte(c) }

func mayBeTextByte(c byte) bool { return c >= ' ' && c != 0x7f || c == '\n' || c == '\t' || c == '\r' }

// lookBase64 looks through what a text says in base64, with line breaks or without.
func (t *text) lookBase64(raw []byte) bool {
	compact := make([]byte, 0, len(raw))
	for _, c := range raw {
		switch {
		case base64Digits[c] != 0xff:
			if c == '-' {
				c = '+'
			} else if c == '_' {
				c = '/'
			}
			compact = append(compact, c)
		case c != '=' && c > ' ':
			return false
		}
	}
	inner := t.within()
	plain, err := base64.RawStdEncoding.AppendDecode(inner.decoded[:0], compact)
	inner.decoded = plain
	if err != nil || !isText(plain) {
		return false
	}
	if inner.level > maxTextLevels {
		return true
	}
	if secret, found := findShape(plain, false, anyRare); found {
		t.redactor.know(secret)
		return true
	}
	return inner.look(plain)
}

// isText reports whether bytes are UTF-8 without control characters other than those
// that break lines.
func isText(plain []byte) bool {
	for _, c := range plain {
		if !mayBeTextByte(c) {
			return false
		}
	}
	return utf8.Valid(plain)
}
