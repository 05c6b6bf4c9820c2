package scan_test

import (
	"context"
	"io"
	"path/filepath"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"plumbline/internal/drift"
	"plumbline/internal/object"
	"plumbline/internal/place"
	"plumbline/internal/reader/tfstate/statetest"
	"plumbline/internal/table"
	"plumbline/internal/table/bolt"
	"plumbline/internal/table/tabletest"
)

// generated is one object whose bytes are written as they are read: nothing of it is
// in memory.
type generated struct {
	statetest.Options
	etag string
}

func (g *generated) info(key string) object.Info {
	return object.Info{Key: key, ETag: g.etag, Size: 1 << 20}
}

func (g *generated) Head(_ context.Context, at place.Location) (object.Info, error) {
	if at.Key != vpcKey {
		return object.Info{}, object.ErrNotFound
	}
	return g.info(at.Key), nil
}

func (g *generated) Open(_ context.Context, at place.Location, _ object.Pin) (io.ReadCloser, object.Info, error) {
	from, to := io.Pipe()
	go func() { to.CloseWithError(statetest.Write(to, g.Options)) }()
	return from, g.info(at.Key), nil
}

func (g *generated) List(context.Context, string, string, func(object.Info) error) error { return nil }

// onDisk is a stack over the embedded table, with one generated state.
func onDisk(b *testing.B, options statetest.Options) (*stack, *generated, drift.Source) {
	b.Helper()
	clock := tabletest.NewClock(time.Now())
	tbl, err := bolt.Open(filepath.Join(b.TempDir(), "table"), bolt.Config{Now: clock.Now})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { tbl.Close() })
	g := &generated{Options: options, etag: "1"}
	s := newStackOn(b, clock, tbl, testKey)
	s.wire(s.counter, g, testKey)
	return s, g, s.register(drift.Settings{URI: vpcURI})
}

// next makes another version of the object.
func (g *generated) next(change func(*statetest.Options)) {
	n, _ := strconv.Atoi(g.etag)
	g.etag = strconv.Itoa(n + 1)
	change(&g.Options)
}

const benchEntities = 10_000

// each times one scan after each preparation, and gives what it moved.
func each(b *testing.B, s *stack, src drift.Source, prepare func()) (done drift.Scan, moved *tabletest.Counter) {
	b.Helper()
	for b.Loop() {
		b.StopTimer()
		prepare()
		s.counter.Reset()
		b.StartTimer()
		done = s.run(src)
	}
	b.ReportMetric(float64(s.counter.Total().ItemsWritten), "items-written/op")
	return done, s.counter
}

func atMost(b *testing.B, what string, got, limit float64) {
	b.Helper()
	if got > limit {
		b.Fatalf("%s: %.2f, the limit is %.2f", what, got, limit)
	}
}

func BenchmarkFirstImport(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		s, _, src := onDisk(b, statetest.Options{Instances: benchEntities})
		s.counter.Reset()
		b.StartTimer()
		done := s.run(src)
		b.StopTimer()
		b.ReportMetric(float64(s.counter.Total().ItemsWritten)/float64(done.Summary.Counts.Created), "items-written/entity")
		b.StartTimer()
	}
}

func BenchmarkUnchangedETag(b *testing.B) {
	s, _, src := onDisk(b, statetest.Options{Instances: benchEntities})
	s.run(src)
	done, moved := each(b, s, src, func() {})
	s.mustStatus(done, drift.ScanUnchanged)
	atMost(b, "items written", float64(moved.Total().ItemsWritten), 5)
	atMost(b, "items read", float64(moved.Total().ItemsRead), 20)
}

func BenchmarkUnchangedContent(b *testing.B) {
	s, g, src := onDisk(b, statetest.Options{Instances: benchEntities})
	s.run(src)
	_, moved := each(b, s, src, func() { g.next(func(*statetest.Options) {}) })
	read := float64(moved.Of(tabletest.Query).BytesRead) / (1 << 20)
	b.ReportMetric(read, "heads-MB/op")
	atMost(b, "MB of heads read", read, 3)
	atMost(b, "items written", float64(moved.Total().ItemsWritten), 5)
}

func BenchmarkOnePercentChanged(b *testing.B) {
	s, g, src := onDisk(b, statetest.Options{Instances: benchEntities})
	s.run(src)
	worst := &worstWrite{Counter: s.counter}
	s.wire(worst, g, testKey)
	flip := 0
	done, moved := each(b, s, src, func() {
		flip = 100 - flip
		worst.most = 0
		g.next(func(o *statetest.Options) { o.Serial, o.ChangedEvery = o.Serial+1, flip })
	})
	updated := float64(done.Summary.Counts.Updated)
	if updated < benchEntities/100 {
		b.Fatalf("updated: %.0f", updated)
	}
	average := float64(moved.Total().ItemsWritten) / updated
	b.ReportMetric(average, "items-written/entity")
	b.ReportMetric(worst.most, "items-written/worst-entity")
	atMost(b, "items written an entity", average, 5)
	atMost(b, "items written for the worst entity", worst.most, 12)
}

// worstWrite finds the largest number of items that one transaction wrote for each
// entity in it.
type worstWrite struct {
	*tabletest.Counter
	most float64
}

func (w *worstWrite) Write(ctx context.Context, ops ...table.Op) error {
	entities, items := 0, 0
	for _, op := range ops {
		if strings.HasPrefix(op.Item.PK, "X#") && op.Item.SK == "B" {
			entities++
		}
		if op.Kind != table.OpCheck {
			items++
		}
	}
	if entities > 0 {
		w.most = max(w.most, float64(items)/float64(entities))
	}
	return w.Counter.Write(ctx, ops...)
}

func BenchmarkPeakMemory(b *testing.B) {
	for name, every := range map[string]int{"without-secrets": 0, "with-secrets": 20} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s, _, src := onDisk(b, statetest.Options{Instances: 100_000, SensitiveEvery: every})
				debug.FreeOSMemory() // what the runs before left is not this scan's
				peak := peakOf(func() { s.run(src) })
				_ = s.counter.Table.(*bolt.Table).Close() // a table that stays open is the next scan's
				b.ReportMetric(peak/(1<<20), "peak-MB")
				atMost(b, "MB at the peak", peak/(1<<20), 96)
			}
		})
	}
}

// peakOf samples the memory that Go has from the system, less what it gave back.
func peakOf(work func()) float64 {
	var peak atomic.Uint64
	stop := make(chan struct{})
	go func() {
		sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
		for {
			select {
			case <-stop:
				return
			case <-time.After(2 * time.Millisecond):
				metrics.Read(sample)
				peak.Store(max(peak.Load(), sample[0].Value.Uint64()-sample[1].Value.Uint64()))
			}
		}
	}()
	work()
	close(stop)
	return float64(peak.Load())
}
