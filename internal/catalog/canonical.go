package catalog

import (
	"errors"
	"fmt"
)

// ErrTooDeep is the error for a value nested deeper than allowed.
var ErrTooDeep = errors.New("nested too deep")

// ErrRepeated is the error for an object in which a name stands twice.
var ErrRepeated = errors.New("a member name stands twice in one object")

// maxDepth is how deep a value may nest where a [Canonicalizer] sets no limit: what
// jsontext accepts.
const maxDepth = 10_000

// Canonical gives the canonical form of any JSON text, nil for a text that is null. Invalid JSON,
// invalid UTF-8 and names that occur twice in an object are errors, which never
// quote the text.
func Canonical(raw []byte) (Value, error) {
	if !Value(raw).IsValid() {
		return nil, fmt.Errorf("canonical value of %d bytes: invalid JSON", len(raw))
	}
	v, err := AppendCanonical(nil, raw)
	if err != nil || string(v) == "null" {
		return nil, err
	}
	return v, nil
}

// AppendCanonical appends the canonical form of a text that is valid JSON, as a
// decoder gave it; a null is appended as null. Its only error is [ErrTooDeep].
func AppendCanonical(dst, raw []byte) ([]byte, error) {
	var c Canonicalizer
	return c.Append(dst, raw)
}
