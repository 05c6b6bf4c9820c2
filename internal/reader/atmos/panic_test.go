package atmos_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"plumbline/internal/parallel"
	"plumbline/internal/reader/atmos"
)

// faulty panics when a file of the catalogue is opened, which happens in a goroutine.
type faulty struct{ fs.FS }

func (f faulty) Open(name string) (fs.File, error) {
	if strings.Contains(name, "catalog") && strings.HasSuffix(name, ".yaml") {
		panic("faulty storage")
	}
	return f.FS.Open(name)
}

func TestAPanicWhileAnEstateIsResolvedIsAnError(t *testing.T) {
	t.Parallel()
	for name, prefetch := range map[string]int{"prefetched": 8, "read when it is needed": 0} {
		estate := atmos.Estate{FS: faulty{generated(2, 2)}, Prefetch: prefetch}
		_, err := atmos.NewEngine(0).Resolve(t.Context(), estate)
		if p := new(parallel.Panic); !errors.As(err, &p) {
			t.Errorf("%s: got %v, want the panic", name, err)
		}
	}
}
