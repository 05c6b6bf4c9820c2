package atmos

import (
	"io"
	"iter"
	"slices"

	"plumbline/internal/reader/atmos/described"
	"plumbline/internal/reader/atmos/value"
)

// Describe writes the selected components as [described.Write] does. It keeps no more
// of the text than a few components at a time. The error is that of w.
func (out *Resolved) Describe(w io.Writer, f described.Filter) error {
	return described.Write(w, out.encoded(f))
}

// chunk is how many components are encoded before their order is waited for.
const chunk = 64

// encoded yields the selected components with their sections as JSON, in order,
// encoded by several goroutines.
func (out *Resolved) encoded(f described.Filter) iter.Seq2[described.Component, error] {
	return func(yield func(described.Component, error) bool) {
		for batch := range slices.Chunk(slices.Collect(out.Components(f)), chunk) {
			made := make([]described.Component, len(batch))
			parallel(len(batch), func(i int) {
				c := batch[i]
				made[i] = described.Component{Stack: c.Stack, Type: c.Type, Name: c.Name, Section: value.AppendJSON(nil, c.Section().Value, value.Compact)}
			})
			for _, c := range made {
				if !yield(c, nil) {
					return
				}
			}
		}
	}
}
