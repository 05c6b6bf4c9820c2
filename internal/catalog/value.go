package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
)

// Value is a canonical JSON value: object members sorted by name (bytes), no white
// space, strings with the fewest escapes, numbers in the one form of
// [CanonicalNumber]. Equal values have equal bytes. The nil Value stands for absent,
// which null is not: that is the value `null`, wherever it stands.
//
// A secret inside is an object with the single member [SecretMember]; an object of
// a source that uses that name is redacted whole, so the two are never mistaken.
type Value = jsontext.Value

// SecretMember is the member that marks a redacted value: {"$sensitive":"<key
// id>:<HMAC>"}. It is stored, never answered (see [Secret]).
const SecretMember = "$sensitive"

// Equal reports whether two canonical values are the same.
func Equal(a, b Value) bool { return bytes.Equal(a, b) }

// IsNull reports whether a canonical value is null; an absent one is not.
func IsNull(v Value) bool { return string(v) == "null" }

// WithoutNull is a canonical value without the members of its objects that are null, at
// every depth; nil for null. An element of a list keeps its place. So earlier versions
// kept values, and so the digests of secrets are made: a null that comes and goes in one
// is no other secret.
func WithoutNull(v Value) Value {
	switch {
	case IsNull(v):
		return nil
	case !bytes.Contains(v, memberNull):
		return v
	}
	c := Canonicalizer{DropNull: true, Unsorted: true}
	without, err := c.Append(nil, v)
	if err != nil { // deeper than anything canonical
		return v
	}
	return without
}

var memberNull = []byte(`":null`)

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
