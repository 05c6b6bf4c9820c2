package atmos_test

import (
	"fmt"
	"io"
	"runtime"
	"syscall"
	"testing"
	"time"

	"plumbline/internal/reader/atmos"
	"plumbline/internal/reader/atmos/described"
)

// BenchmarkEstate resolves and describes the generated estate of 195 stacks and 18,330
// components: from cold, and again after one catalogue file changed.
func BenchmarkEstate(b *testing.B) {
	files := generated(195, 47)
	manifests := len(files) - 1
	for b.Loop() {
		peak := watchHeap()
		start, used := time.Now(), processorTime(b)
		engine := atmos.NewEngine(0)
		components, bytes := describeAll(b, engine, atmos.Estate{FS: files})
		cold, coldUsed := time.Since(start), processorTime(b)-used
		heap := peak()

		generator{files}.catalogue(7, "-changed")
		start, used = time.Now(), processorTime(b)
		describeAll(b, engine, atmos.Estate{FS: files})
		warm, warmUsed := time.Since(start), processorTime(b)-used
		generator{files}.catalogue(7, "")

		start = time.Now()
		declareAll(b, engine, atmos.Estate{FS: files})
		b.ReportMetric(time.Since(start).Seconds(), "declare-s")
		b.ReportMetric(cold.Seconds(), "cold-s")
		b.ReportMetric(warm.Seconds(), "warm-s")
		b.ReportMetric(float64(heap)/(1<<20), "peak-MiB")
		fmt.Printf("%d manifests, %d components, %.1f MB of JSON: cold %.2f s (processor %.2f s), after one change %.2f s (%.2f s), peak heap %d MiB\n",
			manifests, components, float64(bytes)/1e6, cold.Seconds(), coldUsed.Seconds(), warm.Seconds(), warmUsed.Seconds(), heap>>20)
	}
}

func describeAll(b testing.TB, engine *atmos.Engine, estate atmos.Estate) (components int, bytes int64) {
	got, err := engine.Resolve(b.Context(), estate)
	if err != nil {
		b.Fatal(err)
	}
	if len(got.Problems) > 0 {
		b.Fatal(got.Problems[0])
	}
	w := &counter{}
	if err := got.Describe(w, described.Filter{}); err != nil {
		b.Fatal(err)
	}
	for range got.Components(described.Filter{}) {
		components++
	}
	return components, w.n
}

func declareAll(b testing.TB, engine *atmos.Engine, estate atmos.Estate) {
	got, err := engine.Resolve(b.Context(), estate)
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for range got.Declarations() {
		n++
	}
	if n != 18330+195 {
		b.Fatalf("%d declarations", n)
	}
}

type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) { c.n += int64(len(p)); return len(p), nil }

var _ io.Writer = (*counter)(nil)

// processorTime is what the process has used of all processors: on a machine that does
// other work too, it says more than the clock.
func processorTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// watchHeap samples the memory in use until the function it gives is called, which
// gives the most that was seen, in bytes.
func watchHeap() func() uint64 {
	stop, done := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse+m.StackInuse)
			select {
			case <-stop:
				done <- most
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return func() uint64 { close(stop); return <-done }
}
