package httpapi

import (
	"slices"

	"github.com/danielgtaylor/huma/v2"
)

// uniqueTexts are texts of which none stands twice.
//
// huma would find those that do by the values as they came, before it looks at their
// types, and panics at one that is no key of a map, such as {}. So it is described to
// clients, and checked here.
type uniqueTexts []string

// maxTexts is how many there may be.
const maxTexts = 1000

// Schema describes them.
func (uniqueTexts) Schema(huma.Registry) *huma.Schema {
	most := maxTexts
	return &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString}, MaxItems: &most,
		Extensions: map[string]any{"uniqueItems": true}}
}

// check refuses texts that stand twice, by the name of their field.
func (t uniqueTexts) check(field string) error {
	if len(slices.Compact(slices.Sorted(slices.Values(t)))) < len(t) {
		return refuse(field, "must not hold one twice")
	}
	return nil
}
