package tfstate_test

import (
	"bytes"
	"context"
	"io"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/reader"
	"plumbline/internal/reader/tfstate"
	"plumbline/internal/reader/tfstate/statetest"
)

// BenchmarkIndex reads a state of 10,000 instances (24 MB) and holds its speed against
// what reading its bare tokens takes, in time of the processor and each at its best of the
// run: other processes make single rounds slow.
func BenchmarkIndex(b *testing.B) {
	for name, c := range map[string]struct {
		options statetest.Options
		least   float64 // of the speed of tokens
	}{
		"without secrets":              {statetest.Options{Instances: 10_000, Serial: 12}, 0.35},
		"a secret in every 20th entry": {statetest.Options{Instances: 10_000, Serial: 12, SensitiveEvery: 20}, 0.2},
	} {
		b.Run(name, func(b *testing.B) {
			var state bytes.Buffer
			if err := statetest.Write(&state, c.options); err != nil {
				b.Fatal(err)
			}
			doc := document(b, "")
			doc.Open = func(context.Context) (io.ReadCloser, error) {
				return io.NopCloser(bytes.NewReader(state.Bytes())), nil
			}
			b.SetBytes(int64(state.Len()))
			b.ReportAllocs()
			tokens, reading := time.Hour, time.Hour
			for b.Loop() {
				b.StopTimer()
				tokens = min(tokens, readTokens(b, state.Bytes()))
				b.StartTimer()
				start := processTime(b)
				index(b, doc)
				reading = min(reading, processTime(b)-start)
			}
			ratio := float64(tokens) / float64(reading)
			b.ReportMetric(ratio, "of-token-speed")
			if b.N > 1 && ratio < c.least {
				b.Errorf("%.2f of the speed of tokens, want %.2f", ratio, c.least)
			}
		})
	}
}

// processTime is what this process has computed so far.
func processTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func readTokens(b *testing.B, state []byte) time.Duration {
	start := processTime(b)
	tokens := jsontext.NewDecoder(bytes.NewReader(state))
	for {
		if _, err := tokens.ReadToken(); err == io.EOF {
			return processTime(b) - start
		} else if err != nil {
			b.Fatal(err)
		}
	}
}

func index(b *testing.B, doc reader.Document) {
	b.Helper()
	if _, err := new(tfstate.Reader).Index(b.Context(), doc, func(reader.Entry) error { return nil }); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkPeakHeap reads a state of 100,000 instances (240 MB) that is generated as
// it is read, and reports the largest heap that was seen.
func BenchmarkPeakHeap(b *testing.B) {
	doc := document(b, "")
	doc.Open = func(context.Context) (io.ReadCloser, error) {
		from, to := io.Pipe()
		go func() {
			to.CloseWithError(statetest.Write(to, statetest.Options{Instances: 100_000, SensitiveEvery: 20}))
		}()
		return from, nil
	}
	for b.Loop() {
		peak, stop := watchHeap()
		index(b, doc)
		stop()
		b.ReportMetric(float64(peak.Load())/(1<<20), "MB-peak-heap")
	}
}

// watchHeap samples the heap until it is stopped.
func watchHeap() (peak *atomic.Uint64, stop func()) {
	peak = new(atomic.Uint64)
	done := make(chan struct{})
	go func() {
		var stats runtime.MemStats
		for {
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
				runtime.ReadMemStats(&stats)
				peak.Store(max(peak.Load(), stats.HeapAlloc))
			}
		}
	}()
	return peak, func() { close(done) }
}
