// Package report is the read side: what the catalogue, the sources and their drift
// look like now. Every list is paged.
//
// Its one invariant: it writes nothing. What it computes, a status `stale` or the
// totals of a source, follows from what scans and decisions have stored and from the
// clock alone.
//
// Start at [Reporter.Drift]; find.go resolves the names of a path.
package report

import (
	"fmt"
	"time"

	"plumbline/internal/store"
)

// Config ties a [Reporter] to its surroundings; every field is required.
type Config struct {
	Store *store.Store
	Now   func() time.Time
}

// Reporter answers questions. Safe for concurrent use.
type Reporter struct{ Config }

// New makes a reporter.
func New(c Config) *Reporter { return &Reporter{Config: c} }

// What a path names and what is not there. Each is [store.ErrNotFound] too.
var (
	ErrProject     = fmt.Errorf("project %w", store.ErrNotFound)
	ErrEnvironment = fmt.Errorf("environment %w", store.ErrNotFound)
	ErrSource      = fmt.Errorf("import source %w", store.ErrNotFound)
	ErrScan        = fmt.Errorf("scan %w", store.ErrNotFound)
	ErrProposal    = fmt.Errorf("drift proposal %w", store.ErrNotFound)
	ErrEntity      = fmt.Errorf("entity %w", store.ErrNotFound)
	ErrEntityType  = fmt.Errorf("entity type %w", store.ErrNotFound)
)

// Page is one page of a list.
type Page[T any] struct {
	Items []T
	// Next is the cursor of the page behind this one, "" for the last. A page may
	// be empty and still have a Next.
	Next string
}

// Span asks for one page.
type Span struct {
	Cursor string // of the page before, "" for the first
	Limit  int    // at most so many items, at least 1
}

// maxLooked bounds how many entities one call looks at to fill a page through a filter,
// each with what its sources say of it; a page that ends early says where to go on.
const maxLooked = 5000

// maxRead bounds how many entries of a list one call reads where each tells by itself
// whether a filter admits it: a page of a thousand of them is one query. readChunk is
// how many are read at once.
const (
	maxRead   = 100_000
	readChunk = 1000
)
