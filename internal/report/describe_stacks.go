package report

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"plumbline/internal/drift"
	"plumbline/internal/reader/atmos/described"
	"plumbline/internal/store"
)

// Why a source has no resolved estate to show. Each is [store.ErrNotFound] too.
var (
	ErrNotEstate = fmt.Errorf("resolved estate %w: the source is none of Atmos manifests", store.ErrNotFound)
	ErrNoEstate  = fmt.Errorf("resolved estate %w: no scan has applied one yet", store.ErrNotFound)
)

// EstateFilter selects components by their exact names, and how they are shown; the zero
// value shows all, as `atmos describe stacks` does.
type EstateFilter struct {
	Stack string // "" is any
	// Components and Types list what may be; none is any.
	Components, Types []string
	// Unprocessed leaves YAML functions as their expressions, as the flag
	// --process-functions=false does.
	Unprocessed bool
}

// Estate is the resolved estate of a source, as it was applied last.
type Estate struct {
	// Digest names the text that [Estate.Write] writes: the same digest, the same text.
	// Lower case hexadecimal.
	Digest string

	reporter *Reporter
	source   drift.Source
	filter   EstateFilter
	key      string // of the snapshot
	snapshot []byte
}

// Estate finds what the last applied scan of a source has left, or [ErrNotEstate] or
// [ErrNoEstate]. It reads no more than records: whoever knows the digest needs no more.
func (r *Reporter) Estate(ctx context.Context, source drift.Source, f EstateFilter) (*Estate, error) {
	f.Components, f.Types = sorted(f.Components), sorted(f.Types)
	e := &Estate{reporter: r, source: source, filter: f}
	return e, e.find(ctx)
}

// find takes the snapshot that a document's record names. All that a source of manifests
// reads is one document.
func (e *Estate) find(ctx context.Context) error {
	for document, err := range e.reporter.Store.Documents(ctx, e.source.ID) {
		if err != nil {
			return err
		}
		if document.Snapshot != "" {
			e.key, e.Digest = document.Snapshot, e.filter.digest(document.Snapshot)
			return nil
		}
	}
	if e.source.Settings.Kind != drift.KindAtmos {
		return ErrNotEstate
	}
	return ErrNoEstate
}

// findings bounds how often an estate is found anew that scans keep replacing.
const findings = 3

// Load reads the estate, before it can be written. Where a scan has replaced it since it
// was found, it is the new one, with another digest.
func (e *Estate) Load(ctx context.Context) error {
	for attempt := 1; ; attempt++ {
		var err error
		if e.snapshot, err = e.reporter.Store.Snapshot(ctx, e.key); err == nil {
			return nil
		}
		// Storage may deny what is not there, so that the record alone can tell.
		missing := e.key
		if err := e.find(ctx); err != nil {
			return err
		}
		if e.key == missing || attempt == findings {
			// That it is not there is no fault of the caller's.
			return fmt.Errorf("load the estate of source %s: %w", e.source.ID, concealed(err))
		}
	}
}

// concealed is an error that is not [store.ErrNotFound], whatever it was.
func concealed(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return errors.New(err.Error())
	}
	return err
}

// Write writes the estate in the shape of `atmos describe stacks --format json`, any
// number of times. After an error what was written is no whole.
func (e *Estate) Write(w io.Writer) error {
	return described.Write(w, e.filter.of(described.Load(bytes.NewReader(e.snapshot))))
}

// of yields the components that the filter selects as it shows them, and errors.
func (f EstateFilter) of(components iter.Seq2[described.Component, error]) iter.Seq2[described.Component, error] {
	return func(yield func(described.Component, error) bool) {
		for c, err := range components {
			if err == nil && !f.selects(c) {
				continue
			}
			if f.Unprocessed && c.Unprocessed != nil {
				c.Section = c.Unprocessed
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

func (f EstateFilter) selects(c described.Component) bool {
	among := func(names []string, name string) bool { return len(names) == 0 || slices.Contains(names, name) }
	return (f.Stack == "" || f.Stack == c.Stack) && among(f.Components, c.Name) && among(f.Types, c.Type)
}

// shape is raised when the same snapshot and filter give another text.
const shape = "1"

// digest names the text of a snapshot through the filter.
func (f EstateFilter) digest(snapshot string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %q %q %q %q %t", shape, snapshot, f.Stack, f.Components, f.Types, f.Unprocessed))
	return hex.EncodeToString(sum[:])
}

// sorted gives the names in order, each once, without empty ones.
func sorted(names []string) []string {
	kept := slices.DeleteFunc(slices.Sorted(slices.Values(names)), func(name string) bool { return name == "" })
	return slices.Compact(kept)
}
