package redact

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// forms gives the texts by which a secret is known: itself, as it stands inside a
// string of JSON text (with the escapes of JSON, and those that Terraform's jsonencode
// adds for < > &), and inside base64 of either alphabet at each of the three
// alignments.
func forms(secret string) []string {
	secret = cut(secret)
	texts := []string{secret}
	if quoted, err := jsontext.AppendQuote(nil, secret); err == nil {
		texts = appendNew(texts, string(quoted[1:len(quoted)-1]))
	}
	if quoted, err := json.Marshal(secret); err == nil {
		texts = appendNew(texts, string(quoted[1:len(quoted)-1]))
	}
	for lead := range 3 {
		encoded := base64Inside(secret, lead)
		texts = appendNew(texts, encoded)
		texts = appendNew(texts, strings.NewReplacer("+", "-", "/", "_").Replace(encoded))
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
