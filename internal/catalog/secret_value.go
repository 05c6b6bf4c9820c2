package catalog

import "bytes"

// secretEnd closes a secret; key ids and digests hold neither quotes nor escapes.
var secretEnd = []byte(`"}`)

// MaskSecrets gives the value with every secret replaced by an empty one, so that
// two values can be compared in all but their secrets.
func MaskSecrets(v Value) Value {
	masked := make(Value, 0, len(v))
	rest := v
	for {
		before, after, found := bytes.Cut(rest, secretPrefix)
		masked = append(masked, before...)
		if !found {
			return masked
		}
		masked = append(append(append(masked, secretPrefix...), '"'), secretEnd...)
		_, rest, _ = bytes.Cut(after, secretEnd)
	}
}

// SecretKeyID is the id of the key under which the first secret of a value was
// digested, "" where it has none. All secrets of one value are under one key.
func SecretKeyID(v Value) string {
	_, after, found := bytes.Cut(v, secretPrefix)
	if !found {
		return ""
	}
	id, _, _ := bytes.Cut(bytes.TrimPrefix(after, []byte(`"`)), []byte(":"))
	return string(id)
}
