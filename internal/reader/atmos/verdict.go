package atmos

import (
	"sync"

	"plumbline/internal/catalog"
)

// verdict is what redaction made of a component, as far as it cannot be told from the
// component's text without it. It holds no secret, only where they stand in that text.
type verdict struct {
	digest, alternate [32]byte
	section, kept     []catalog.Span
}

const (
	maxVerdicts     = 40_000 // of the latest readings, in each generation
	maxVerdictSpans = 32     // one with more is not kept
)

// verdicts keeps those of the latest readings by the SHA-256 of all that they depend
// on. When a generation is full, the one before it is dropped. The zero value is ready
// for use, and safe for concurrent use.
type verdicts struct {
	mu       sync.Mutex
	now, old map[[32]byte]verdict
}

func (v *verdicts) get(key [32]byte) (verdict, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	found, ok := v.now[key]
	if !ok {
		if found, ok = v.old[key]; ok {
			v.keep(key, found)
		}
	}
	return found, ok
}

func (v *verdicts) put(key [32]byte, made verdict) {
	if len(made.section)+len(made.kept) > maxVerdictSpans {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.keep(key, made)
}

func (v *verdicts) keep(key [32]byte, made verdict) {
	if v.now == nil || len(v.now) >= maxVerdicts {
		v.old, v.now = v.now, map[[32]byte]verdict{}
	}
	v.now[key] = made
}
