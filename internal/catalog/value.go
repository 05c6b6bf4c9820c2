package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
)

// Value is a canonical JSON value: object members sorted by name (bytes) with null
// members left out at every depth, no white space, strings with the fewest
// escapes, numbers in the one form of [CanonicalNumber]. Equal values have equal
// bytes. A null at the top is the nil Value and stands for absent.
//
// A secret inside is an object with the single member [SecretMember]; an object of
// a source that uses that name is redacted whole, so the two are never mistaken.
type Value = jsontext.Value

// SecretMember is the member that marks a redacted value: {"$sensitive":"<key
// id>:<HMAC>"}. It is stored, never answered (see [Secret]).
const SecretMember = "$sensitive"

// Equal reports whether two canonical values are the same.
func Equal(a, b Value) bool { return bytes.Equal(a, b) }

// HasSecret reports whether a canonical value holds a redacted part.
func HasSecret(v Value) bool { return bytes.Contains(v, secretPrefix) }

var secretPrefix = []byte(`{"` + SecretMember + `":`)

// Secret gives the canonical form of a redacted value: the digest made under the
// key with that id. The digest is base64url without padding.
func Secret(keyID, digest string) Value {
	text, _ := json.Marshal(keyID + ":" + digest)
	return Value(fmt.Sprintf(`{"%s":%s}`, SecretMember, text))
}

// String is the canonical value of a text. Bytes that are not UTF-8 become U+FFFD.
func String(text string) Value {
	quoted, _ := jsontext.AppendQuote(nil, text) // the only error is invalid UTF-8, already replaced
	return Value(quoted)
}
