package httpapi

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"

	"plumbline/internal/reader/items"
)

// orNull is an object that may be null, and is described so.
type orNull[T any] struct{ value *T }

// MarshalJSON writes the object or null.
func (n orNull[T]) MarshalJSON() ([]byte, error) { return json.Marshal(n.value) }

// Schema describes it: the object, or null.
func (orNull[T]) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{r.Schema(reflect.TypeFor[T](), true, ""), {Type: "null"}}}
}

// rawObject is any JSON object, handed on as it came; nil where a request has none, and
// null in an answer.
type rawObject struct{ raw []byte }

// MarshalJSON writes the object or null.
func (o rawObject) MarshalJSON() ([]byte, error) {
	if len(o.raw) == 0 {
		return []byte("null"), nil
	}
	return o.raw, nil
}

// UnmarshalJSON keeps the text.
func (o *rawObject) UnmarshalJSON(raw []byte) error {
	o.raw = append([]byte{}, raw...)
	return nil
}

// Schema describes it: any object, or null.
func (rawObject) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, Nullable: true, AdditionalProperties: true}
}

// rawArray is a JSON array of a request that is handed on as it came: its numbers stay
// exact. nil where the request has none.
type rawArray struct{ raw []byte }

// UnmarshalJSON keeps the text, null included, which is no array and no absence.
func (a *rawArray) UnmarshalJSON(raw []byte) error {
	a.raw = append([]byte{}, raw...)
	return nil
}

// Schema describes it: an array of objects.
func (rawArray) Schema(huma.Registry) *huma.Schema {
	most := items.MaxItems
	return &huma.Schema{Type: huma.TypeArray, MaxItems: &most, Items: &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}}
}
