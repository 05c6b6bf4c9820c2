package atmos

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"

	"plumbline/internal/reader/atmos/merge"
	"plumbline/internal/reader/budget"
)

// DefaultCacheBytes is how much memory an [Engine] keeps decoded manifests in by default.
const DefaultCacheBytes = 128 << 20

// Estate is what one resolution reads.
type Estate struct {
	// FS holds the objects below the source's prefix, see package listing. It is only
	// read, by several goroutines at once.
	FS fs.FS
	// Prefetch is how many manifests are read at once before any is needed, for a file
	// system whose files take their time; 0 or 1 reads each when it is needed.
	Prefetch int
	// ETag is the version of an object, under which its decoded form is kept; nil, or
	// "" for an object, keeps it by content.
	ETag func(path string) string
	// Config is the path of atmos.yaml where it does not stand at the root.
	Config string
	// Settings lie over atmos.yaml, as it would be written there and as JSON or YAML
	// decodes; with no atmos.yaml in the estate they stand for it.
	Settings map[string]any
	// Profile names a folder below profiles/; "" for profiles.default, or none.
	Profile string
	// Env are the environment variables that manifests may ask for. A variable that is
	// not in it is unknown, and so is what asks for it; except in an empty map that
	// is not nil, where it is unset.
	Env map[string]string
	// Budget is what the resolution may use, and the evaluation of its components; nil for
	// no limits. A resolution that runs out of it ends by its error.
	Budget *budget.Budget
	// KeepFunctions leaves every YAML function as its expression, as
	// `--process-functions=false` does; otherwise those that are pure are evaluated.
	KeepFunctions bool
	// Learn is given every file of which something is used, decoded, and what templates
	// make of it; nil where nobody asks. Several goroutines call it at once.
	Learn func(tree map[string]any)
}

// Engine resolves estates and keeps decoded manifests from one to the next. Safe for
// concurrent use; one engine may serve many estates.
type Engine struct{ cache *cache }

// NewEngine makes an engine that keeps decoded manifests in about that many bytes, 0
// for [DefaultCacheBytes].
func NewEngine(cacheBytes int) *Engine {
	if cacheBytes == 0 {
		cacheBytes = DefaultCacheBytes
	}
	return &Engine{newCache(cacheBytes)}
}

// Resolve reads the estate and puts its components together. Faults of manifests and
// components are in [Resolved.Problems]; the error is [ErrConfig], an unreadable
// atmos.yaml, or that of ctx.
//
// An error of the file system that is not fs.ErrNotExist ends it, whoever met it.
func (e *Engine) Resolve(ctx context.Context, estate Estate) (*Resolved, error) {
	storage := &watched{FS: estate.FS}
	estate.FS = storage
	r := newRun(ctx, estate, e.cache)
	c, err := r.loadConfig()
	if failed := storage.err(); failed != nil {
		return nil, fmt.Errorf("read estate: %w", failed)
	}
	if err != nil {
		return nil, configError(err)
	}
	r.config = c
	r.merge = merge.Rules{Lists: c.lists, Budget: estate.Budget}
	err = r.prefetch(estate.Prefetch)
	if failed := cmp.Or(storage.err(), err); failed != nil {
		return nil, fmt.Errorf("read estate: %w", failed)
	}
	out, err := r.resolve()
	if spent := r.estate.Budget.Err(); spent != nil {
		out, err = nil, spent
	}
	if failed := storage.err(); failed != nil {
		return nil, fmt.Errorf("read estate: %w", failed)
	}
	return out, err
}
