// Package budget bounds what one reading of one document may use, all its parts
// together: both passes, every template, file, manifest and component of it.
//
// Its one invariant: a budget that ran out stays so. Whatever asks next is given the
// same error, so a reading that went too far ends, and says at which limit.
//
//	who reads            asks for
//	a file laid over     Include: each time that it is, also the same one again
//	a value copied       Nodes: values made by decoding, merging, redacting
//	a template run       Steps: texts, values, passes of a loop, calls by what they read
//	a text made          Build: all that is ever made; Hold while it is kept, then Release
//	a goroutine          Work: the time that it works, and not that it waits for storage
//
// Start at [New], and [Budget.Err] for how a reading ends.
package budget

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Limits are those of one reading; the zero value of a field stands for its default.
type Limits struct {
	// HeldBytes is what may be kept at one time; 512 MiB, what a function of 1,024 MB
	// can hold beside its program, and the garbage that it has not collected yet.
	HeldBytes int64
	// BuiltBytes is what may be made all in all, kept or not; 4 GiB.
	BuiltBytes int64
	// Nodes are the values that may be made; 40,000,000.
	Nodes int64
	// Steps are those that templates may take; 20,000,000.
	Steps int64
	// Includes are the files that may be laid over others, one taken twice counted
	// twice; 5,000,000.
	Includes int64
	// Work is how long goroutines may work, their times added up; 2 minutes.
	Work time.Duration
}

func (l Limits) withDefaults() Limits {
	for _, limit := range []struct {
		value    *int64
		fallback int64
	}{{&l.HeldBytes, 512 << 20}, {&l.BuiltBytes, 4 << 30}, {&l.Nodes, 40_000_000}, {&l.Steps, 20_000_000}, {&l.Includes, 5_000_000}} {
		if *limit.value == 0 {
			*limit.value = limit.fallback
		}
	}
	if l.Work == 0 {
		l.Work = 2 * time.Minute
	}
	return l
}

// Budget is what one reading has left. The nil budget has no limits. Safe for
// concurrent use.
type Budget struct {
	limits                              Limits
	held, built, nodes, steps, includes atomic.Int64
	work                                atomic.Int64 // nanoseconds
	since                               time.Duration

	mu       sync.Mutex
	exceeded *ExceededError
	over     atomic.Bool // exceeded is set
}

// New makes the budget of one reading.
func New(l Limits) *Budget {
	return &Budget{limits: l.withDefaults(), since: processTime()}
}

// ExceededError says which limit a reading ran into, and where.
type ExceededError struct {
	// Limit is the field's name in [Limits] as people read it: "bytes held at one time".
	Limit string
	// Max is the limit with its unit.
	Max string
	// Place is what the reading was at, a "file:line" or a JSON Pointer; "" where it
	// did not say. See [Budget.At].
	Place string
}

func (e *ExceededError) Error() string {
	return fmt.Sprintf("exceeds the budget of one reading: more than %s %s", e.Max, e.Limit)
}

// Names of the limits in errors.
const (
	heldBytes  = "bytes held at one time"
	builtBytes = "bytes built"
	nodes      = "values built"
	steps      = "template steps"
	includes   = "files included"
	work       = "of work"
)

// Hold takes bytes that are kept from now on, until Release gives them back.
func (b *Budget) Hold(bytes int) error {
	if b == nil {
		return nil
	}
	return b.take(&b.held, bytes, b.limits.HeldBytes, heldBytes)
}

// Release gives back what Hold took, be it over the limit or not.
func (b *Budget) Release(bytes int) {
	if b != nil {
		b.held.Add(-int64(bytes))
	}
}

// Build counts bytes that were made, or are about to be.
func (b *Budget) Build(bytes int) error {
	if b == nil {
		return nil
	}
	return b.take(&b.built, bytes, b.limits.BuiltBytes, builtBytes)
}

// Nodes counts values that were made.
func (b *Budget) Nodes(n int) error {
	if b == nil {
		return nil
	}
	return b.take(&b.nodes, n, b.limits.Nodes, nodes)
}

// Keep counts values that are made and kept as long as the reading lasts, and about how
// many bytes they take.
func (b *Budget) Keep(n, bytes int) error {
	if err := b.Nodes(n); err != nil {
		return err
	}
	return b.Hold(bytes)
}

// Steps counts steps of templates.
func (b *Budget) Steps(n int) error {
	if b == nil {
		return nil
	}
	return b.take(&b.steps, n, b.limits.Steps, steps)
}

// Include counts files that are laid over others.
func (b *Budget) Include(files int) error {
	if b == nil {
		return nil
	}
	return b.take(&b.includes, files, b.limits.Includes, includes)
}

func (b *Budget) take(used *atomic.Int64, n int, limit int64, name string) error {
	if b.over.Load() {
		return b.Err()
	}
	if used.Add(int64(n)) > limit {
		return b.exceed(name, fmt.Sprint(limit))
	}
	return nil
}

// exceed remembers the first limit that was run into.
func (b *Budget) exceed(name, limit string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.exceeded == nil {
		b.exceeded = &ExceededError{Limit: name, Max: limit}
		b.over.Store(true)
	}
	return b.exceeded
}

// Err is an [*ExceededError] once the budget has run out, else nil.
func (b *Budget) Err() error {
	if b == nil || !b.over.Load() {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	made := *b.exceeded
	return &made
}

// At names the place that the caller is at, where the budget has run out and nobody
// nearer to the cause has named one. It is asked after an error, so it costs nothing
// before.
func (b *Budget) At(place string) {
	if b == nil || !b.over.Load() || place == "" {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.exceeded.Place == "" {
		made := *b.exceeded // errors that were handed out stay as they are
		made.Place = place
		b.exceeded = &made
	}
}
