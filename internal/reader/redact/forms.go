package redact

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// forms gives the texts by which a secret is known: itself, in capitals, with the other
// kind of line breaks, percent-encoded, as it stands inside a string of JSON text (with
// the escapes of JSON, and those that Terraform's jsonencode adds for < > &) or of XML, in
// hex, and inside base64 of either alphabet at each of the three alignments.
func forms(secret string) []string {
	secret = cut(secret)
	texts := appendNew([]string{secret}, strings.ToUpper(secret))
	if strings.IndexByte(secret, '\n') >= 0 {
		unix := strings.ReplaceAll(secret, "\r\n", "\n")
		texts = appendNew(appendNew(texts, unix), cut(strings.ReplaceAll(unix, "\n", "\r\n")))
	}
	for _, plain := range texts {
		if quoted, err := jsontext.AppendQuote(nil, plain); err == nil {
			texts = appendNew(texts, string(quoted[1:len(quoted)-1]))
		}
		if quoted, err := json.Marshal(plain); err == nil {
			texts = appendNew(texts, string(quoted[1:len(quoted)-1]))
		}
	}
	for _, escape := range []func(string) string{url.QueryEscape, url.PathEscape, percentAll, html.EscapeString} {
		if escaped := escape(secret); escaped != secret {
			texts = appendNew(appendNew(texts, cut(escaped)), cut(lowerPercent(escaped)))
		}
	}
	inHex := cut(hex.EncodeToString([]byte(secret)))
	texts = appendNew(appendNew(texts, inHex), strings.ToUpper(inHex))
	if strings.HasSuffix(secret, "\n") {
		texts = appendNew(texts, strings.TrimRight(secret, "\r\n"))
	}
	for lead := range 3 {
		encoded := base64Inside(secret, lead)
		texts = appendNew(texts, encoded)
		texts = appendNew(texts, urlAlphabet.Replace(encoded))
	}
	return texts
}

// cut shortens a secret to what is compared, at the end of a character.
func cut(secret string) string {
	end := min(len(secret), maxPatternBytes)
	for end < len(secret) && !utf8.RuneStart(secret[end]) {
		end--
	}
	return secret[:end]
}

// percentAll encodes everything but letters and digits: some encode "-" and "_" too.
func percentAll(secret string) string {
	var b strings.Builder
	for _, c := range []byte(secret) {
		if letters[c] {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(capitalHex[c>>4])
		b.WriteByte(capitalHex[c&15])
	}
	return b.String()
}

const capitalHex = "0123456789ABCDEF"

// lowerPercent writes the digits of percent-encoded bytes small.
func lowerPercent(escaped string) string {
	lower := []byte(escaped)
	for i := range lower {
		if encoded := i > 0 && escaped[i-1] == '%' || i > 1 && escaped[i-2] == '%'; encoded && lower[i] >= 'A' && lower[i] <= 'F' {
			lower[i] |= 0x20
		}
	}
	return string(lower)
}

// urlAlphabet turns base64 into that for URLs.
var urlAlphabet = strings.NewReplacer("+", "-", "/", "_")

func appendNew(texts []string, text string) []string {
	for _, known := range texts {
		if known == text {
			return texts
		}
	}
	return append(texts, text)
}

// base64Inside gives the characters of base64 that depend on the secret alone when so
// many bytes (0 to 2) precede it in its group of three.
func base64Inside(secret string, lead int) string {
	encoded := base64.RawStdEncoding.EncodeToString([]byte("\x00\x00"[:lead] + secret))
	first := (lead*8 + 5) / 6
	last := (lead + len(secret)) * 8 / 6
	return encoded[first:last]
}
