package scan_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/review"
	"plumbline/internal/store"
	"plumbline/internal/table"
)

// stalling waits before one write until it is let go.
type stalling struct {
	table.Table
	at      int
	mu      sync.Mutex
	writes  int
	reached chan struct{}
	release chan struct{}
}

func (t *stalling) Write(ctx context.Context, ops ...table.Op) error {
	t.mu.Lock()
	t.writes++
	mine := t.writes == t.at
	t.mu.Unlock()
	if mine {
		close(t.reached)
		<-t.release
	}
	return t.Table.Write(ctx, ops...)
}

func TestAHolderThatStalledPastItsLeaseWritesNothing(t *testing.T) {
	t.Parallel()
	base := newStack(t)
	src := base.register(drift.Settings{URI: vpcURI, Policy: drift.HumanApproval})
	base.bucket.put(vpcKey, state(1, sizes(30, "small")...))
	base.run(src)
	base.bucket.put(vpcKey, state(2, append(sizes(25, "large"), "new=small")...))
	for at := 2; ; at++ { // the first write takes the lease
		s := base.clone(t)
		slow := &stalling{Table: s.counter, at: at, reached: make(chan struct{}), release: make(chan struct{})}
		s.wire(slow, s.bucket, testKey)
		stalled := make(chan error, 1)
		go func() { _, err := s.tryRun(src); stalled <- err }()
		select {
		case <-slow.reached:
		case err := <-stalled:
			if err != nil {
				t.Error(err)
			}
			return // there is no such write
		}
		s.clock.Advance(2 * time.Minute)
		other := *s
		other.wire(s.counter, s.bucket, testKey)
		other.run(src)
		before := fmt.Sprint(s.mirror.dump(t))
		close(slow.release)
		if err := <-stalled; !errors.Is(err, store.ErrLeaseLost) {
			t.Errorf("write %d: %v, want ErrLeaseLost", at, err)
		}
		if fmt.Sprint(s.mirror.dump(t)) != before {
			t.Errorf("write %d took place after the lease was lost", at)
		}
		s.consistent()
	}
}

// yielding lets others run between any two calls.
type yielding struct{ table.Table }

func (y yielding) Get(ctx context.Context, key table.Key) (table.Item, error) {
	shuffle()
	return y.Table.Get(ctx, key)
}

func (y yielding) Write(ctx context.Context, ops ...table.Op) error {
	shuffle()
	return y.Table.Write(ctx, ops...)
}

func shuffle() {
	for range rand.IntN(4) {
		runtime.Gosched()
	}
}

func (s *stack) size(name string) string {
	s.t.Helper()
	record, err := s.store.Entity(s.t.Context(), catalog.EntityID(s.env.ID, "aws_instance", "prod/vpc/aws_instance."+name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(record.Entity.Properties["instance_type"])
}

func TestTwentyConcurrentScansOfOneSourceAreAsOne(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	s.wire(yielding{s.counter}, s.bucket, testKey)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, state(1, sizes(40, "small")...))
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if done, err := s.tryRun(src); err != nil || done.Status.Severity() > drift.ScanRunning.Severity() {
				t.Errorf("%s, %v", done.Status, err)
			}
		})
	}
	group.Wait()
	if got, want := s.totals(src), (store.Totals{Current: 42}); got != want {
		t.Errorf("totals %+v, want %+v", got, want)
	}
}

func TestATriggerDuringAScanIsNotLost(t *testing.T) {
	t.Parallel()
	for round := range 60 {
		s := newStack(t)
		s.wire(yielding{s.counter}, s.bucket, testKey)
		src := s.register(drift.Settings{URI: vpcURI})
		s.bucket.put(vpcKey, state(1, "web=v1"))
		var group sync.WaitGroup
		group.Go(func() { s.run(src) })
		for range rand.IntN(300) {
			runtime.Gosched()
		}
		s.bucket.put(vpcKey, state(2, "web=v2"))
		s.run(src) // running means: the other one scans once more
		group.Wait()
		if got := s.size("web"); got != `"v2"` {
			t.Fatalf("round %d: %s", round, got)
		}
		if scans, _, err := s.store.Scans(t.Context(), src.ID, "", 10); err != nil || len(scans) > 2 {
			t.Fatalf("round %d: %d scans, want at most 2; %v", round, len(scans), err)
		}
	}
}

func TestConcurrentApprovalsOfOneSourceAllSucceed(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI, Policy: drift.HumanApproval})
	s.bucket.put(vpcKey, state(1, sizes(60, "small")...))
	s.run(src)
	s.bucket.put(vpcKey, state(2, sizes(60, "large")...))
	s.run(src)
	pending := s.pending(src)
	if len(pending) != 60 {
		t.Fatalf("pending: %d", len(pending))
	}
	var group sync.WaitGroup
	for i, p := range pending {
		group.Go(func() {
			status := []drift.ProposalStatus{drift.Approved, drift.Rejected}[i%2]
			if err := s.decide(src, p, status); err != nil {
				t.Errorf("decide: %v", err)
			}
		})
	}
	group.Go(func() { s.run(src, full) })
	group.Wait()
	if got, want := s.totals(src), (store.Totals{Current: 32, Drifted: 30}); got != want {
		t.Errorf("totals %+v, want %+v", got, want)
	}
}

func TestApprovalsRaceAScanThatFindsAnotherDifference(t *testing.T) {
	t.Parallel()
	for range 20 {
		s := newStack(t)
		src := s.register(drift.Settings{URI: vpcURI, Policy: drift.HumanApproval})
		s.bucket.put(vpcKey, state(1, sizes(20, "small")...))
		s.run(src)
		s.bucket.put(vpcKey, state(2, sizes(20, "large")...))
		s.run(src)
		pending := s.pending(src)
		s.bucket.put(vpcKey, state(3, sizes(20, "huge")...))
		var group sync.WaitGroup
		group.Go(func() { s.run(src) })
		for _, p := range pending {
			group.Go(func() {
				err := s.decide(src, p, drift.Approved)
				if err != nil && !errors.Is(err, review.ErrDecided) && !errors.Is(err, review.ErrStale) {
					t.Errorf("approve: %v", err)
				}
			})
		}
		group.Wait()
		s.work(func() {})
		if got, want := s.totals(src), (store.Totals{Current: 2, Drifted: 20, Pending: 20}); got != want {
			t.Fatalf("totals %+v, want %+v", got, want)
		}
	}
}

func TestTwoSourcesScanTheSameEntitiesAtOnce(t *testing.T) {
	t.Parallel()
	for range 20 {
		s := newStack(t)
		var sources []drift.Source
		for i := range 3 {
			sources = append(sources, s.register(drift.Settings{URI: fmt.Sprintf("./%d", i)}))
		}
		var list []string
		for i := range 30 {
			list = append(list, fmt.Sprintf("s%02d=1", i))
		}
		var group sync.WaitGroup
		for _, src := range sources {
			group.Go(func() { s.run(src, push(servers(list...))) })
		}
		group.Wait()
		for _, src := range sources {
			if got, want := s.totals(src), (store.Totals{Current: 30}); got != want {
				t.Fatalf("totals %+v, want %+v", got, want)
			}
		}
	}
}

func TestAnyOrderOfUploadEventsEndsInTheLastVersion(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s := newStack(t)
		src := s.register(drift.Settings{URI: vpcURI})
		versions := rapid.IntRange(1, 5).Draw(rt, "versions")
		events := rapid.SliceOfN(rapid.IntRange(1, versions), 0, 6).Draw(rt, "repeated")
		for v := range versions {
			events = append(events, v+1)
		}
		events = rapid.Permutation(events).Draw(rt, "order")
		// An event comes once its version is there, whatever came before it.
		written := 0
		for len(events) > 0 {
			if written < versions && (rapid.Bool().Draw(rt, "write") || !slices.ContainsFunc(events, func(v int) bool { return v <= written })) {
				written++
				s.bucket.put(vpcKey, state(written, fmt.Sprintf("web=v%d", written)))
				continue
			}
			i := slices.IndexFunc(events, func(v int) bool { return v <= written })
			events = slices.Delete(events, i, i+1)
			if err := s.scanner.Upload(t.Context(), "estate", vpcKey, false); err != nil {
				rt.Fatal(err)
			}
			if rapid.Bool().Draw(rt, "work") {
				s.work(func() {})
			}
		}
		s.work(func() {})
		if got, want := s.size("web"), fmt.Sprintf(`"v%d"`, versions); got != want {
			rt.Fatalf("%s, want %s; %+v", got, want, s.totals(src))
		}
	})
}
