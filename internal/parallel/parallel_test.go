package parallel_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"plumbline/internal/parallel"
)

var errOwn = errors.New("own")

func TestAPanicInAGoroutineIsAnErrorOfWhoWaits(t *testing.T) {
	t.Parallel()
	var group parallel.Group
	group.Start(func() error { return nil })
	group.Start(func() error { panic("a value that may be secret") })
	group.Start(func() error { return errOwn })
	err := group.Wait()
	var p *parallel.Panic
	if !errors.As(err, &p) || !errors.Is(err, errOwn) {
		t.Fatalf("got %v, want the panic and the error of the other", err)
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("the error quotes the value: %v", err)
	}
	if trace := parallel.Trace(err); !strings.Contains(trace, "may be secret") || !strings.Contains(trace, "parallel_test.go") {
		t.Errorf("the trace lacks the value or the place: %s", trace)
	}
	if err := group.Wait(); err != nil {
		t.Errorf("a group that was waited for keeps %v", err)
	}
}

func TestARuntimeErrorIsQuoted(t *testing.T) {
	t.Parallel()
	var none []int
	err := parallel.Call(func() error { _ = none[len(none)]; return nil })
	if err == nil || !strings.Contains(err.Error(), "index out of range") {
		t.Errorf("got %v", err)
	}
	if trace := parallel.Trace(errOwn); trace != "" {
		t.Errorf("an error that is no panic has the trace %q", trace)
	}
}

func TestErrorsComeInTheOrderOfTheirStarts(t *testing.T) {
	t.Parallel()
	group := parallel.Group{Limit: 2}
	for i := range 5 {
		group.Start(func() error { return fmt.Errorf("%d", i) })
	}
	if got, want := group.Wait().Error(), "0\n1\n2\n3\n4"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestALimitIsKept(t *testing.T) {
	t.Parallel()
	var running, most atomic.Int64
	group := parallel.Group{Limit: 3}
	for range 50 {
		group.Start(func() error {
			now := running.Add(1)
			for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
			}
			runtime.Gosched()
			running.Add(-1)
			return nil
		})
	}
	if err := group.Wait(); err != nil || most.Load() > 3 {
		t.Errorf("%d at once: %v", most.Load(), err)
	}
}

func TestEachDoesAllOnce(t *testing.T) {
	t.Parallel()
	for _, workers := range []int{1, 3, 100} {
		var done [40]atomic.Int64
		err := parallel.Each(t.Context(), workers, len(done), func(i int) error { done[i].Add(1); return nil })
		for i := range done {
			if n := done[i].Load(); n != 1 {
				t.Errorf("%d workers: %d was done %d times", workers, i, n)
			}
		}
		if err != nil {
			t.Error(err)
		}
	}
	if err := parallel.Each(t.Context(), 4, 0, nil); err != nil {
		t.Errorf("nothing to do: %v", err)
	}
}

func TestEachStopsAtTheFirstErrorOrPanic(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func() error{"error": func() error { return errOwn }, "panic": func() error { panic(errOwn) }} {
		var calls atomic.Int64
		err := parallel.Each(t.Context(), 2, 1000, func(i int) error {
			if calls.Add(1); i == 0 {
				return fail()
			}
			runtime.Gosched()
			return nil
		})
		if err == nil || calls.Load() == 1000 {
			t.Errorf("%s: %d calls: %v", name, calls.Load(), err)
		}
	}
}

func TestEachEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	err := parallel.Each(ctx, 2, 1000, func(i int) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}
