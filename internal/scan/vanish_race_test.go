package scan_test

import (
	"fmt"
	"sync"
	"testing"

	"plumbline/internal/drift"
)

func TestWhatTwoSourcesDropAtOnceIsMissing(t *testing.T) {
	t.Parallel()
	for range 20 {
		s := newStack(t)
		s.wire(yielding{s.counter}, s.bucket, testKey)
		declared := map[string]string{}
		for i := range 9 {
			declared[fmt.Sprintf("prod/c%d", i)] = enabled
		}
		first, second := s.register(drift.Settings{URI: "./a"}), s.register(drift.Settings{URI: "./b"})
		s.run(first, push(manifests(declared)))
		s.run(second, push(manifests(declared)))
		for i := range 8 {
			delete(declared, fmt.Sprintf("prod/c%d", i))
		}
		var group sync.WaitGroup
		for _, src := range []drift.Source{first, second} {
			group.Go(func() { s.run(src, push(manifests(declared))) })
		}
		group.Wait()
		if rows := s.rows(); len(rows) != 1 {
			t.Fatalf("rows: %v", rows)
		}
	}
}
