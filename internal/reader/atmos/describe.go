package atmos

import (
	"io"
	"iter"
	"runtime"
	"slices"

	"plumbline/internal/parallel"
	"plumbline/internal/reader/atmos/described"
	"plumbline/internal/reader/atmos/value"
)

// Describe writes the selected components as [described.Write] does. It keeps no more
// of the text than a few components at a time. The error is that of w, or of the
// context that the estate was resolved with.
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
			err := parallel.Each(out.run.ctx, runtime.GOMAXPROCS(0), len(batch), func(i int) error {
				c := batch[i]
				made[i] = described.Component{Stack: c.Stack, Type: c.Type, Name: c.Name, Section: value.AppendJSON(nil, c.Section().Value, value.Compact)}
				return nil
			})
			if err != nil {
				yield(described.Component{}, err)
				return
			}
			for _, c := range made {
				if !yield(c, nil) {
					return
				}
			}
		}
	}
}
