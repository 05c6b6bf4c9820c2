package scan_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/scan"
	"plumbline/internal/store"
)

// forget deletes a source, in as many parts as its deadline makes of it.
func (s *stack) forget(src drift.Source) {
	s.t.Helper()
	s.deleting(src)
	job := scan.Job{Source: src.Ref(), Trigger: drift.TriggerAPI}
	if err := s.scanner.Work(s.t.Context(), job, time.Time{}); err != nil {
		s.t.Fatal(err)
	}
}

// leftOf lists what the table still holds of a source, its lease aside.
func (s *stack) leftOf(src drift.Source) (left []string) {
	id := idOf(src.ID.String())
	for _, it := range s.read() {
		history := it.pk[0] == "X" && (strings.HasPrefix(it.SK, "V#") || strings.HasPrefix(it.SK, "P#"))
		due := it.pk[0] == "Q" // the next tick removes it
		if !history && !due && it.SK != "L" && strings.Contains(it.Key.String()+string(it.Body), id) {
			left = append(left, it.Key.String())
		}
	}
	return left
}

func TestADeletedSourceLeavesNothingButWhatOthersDeclare(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	other := s.shared()
	src := s.register(drift.Settings{URI: vpcURI, Policy: drift.HumanApproval})
	s.bucket.put(vpcKey, state(1, "web=small"))
	s.run(src)
	s.run(src, push(servers("x=1", "z=1")))
	s.run(src, push(servers("x=1", "z=2")))
	s.bucket.put(vpcKey+".tflock", lockBody)
	s.run(src)
	if len(s.pending(src)) != 1 {
		t.Fatalf("pending: %+v", s.pending(src))
	}
	s.forget(src)
	if left := s.leftOf(src); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if got, want := s.totals(other), (store.Totals{Current: 2}); got != want {
		t.Errorf("totals of the other: %+v, want %+v", got, want)
	}
	for name, want := range map[string]error{"x": nil, "y": nil, "z": store.ErrNotFound} {
		if _, err := s.store.Entity(t.Context(), catalog.EntityID(s.env.ID, "server", name)); !errors.Is(err, want) {
			t.Errorf("server %s: %v, want %v", name, err, want)
		}
	}
	s.clock.Advance(24 * time.Hour)
	s.work(func() { t.Error("a job of a source that is gone") })
	// Its uri and scope are free again.
	again := s.register(drift.Settings{URI: vpcURI})
	s.bucket.remove(vpcKey + ".tflock")
	s.mustStatus(s.run(again), drift.ScanSucceeded)
}

func TestADeleteInPartsEndsTheSame(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, state(1, sizes(100, "small")...))
	s.run(src)
	s.deleting(src)
	s.ticking()
	job, parts := scan.Job{Source: src.Ref(), Trigger: drift.TriggerAPI}, 0
	for ; ; parts++ {
		if err := s.scanner.Work(t.Context(), job, s.clock.Now().Add(30*time.Second)); err != nil {
			t.Fatal(err)
		}
		jobs := s.queue.Take()
		if len(jobs) == 0 {
			break
		}
		s.consistent()
		job = jobs[0]
	}
	if left := s.leftOf(src); len(left) > 0 || parts < 2 {
		t.Errorf("after %d parts left: %v", parts, left)
	}
}

func TestADeleteWhoseJobIsLostIsTakenUpByTheSchedule(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "./never-read"})
	s.run(src, push(servers("x=1")))
	s.deleting(src)
	s.clock.Advance(13 * time.Hour)
	s.work(func() {})
	if left := s.leftOf(src); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func TestAScanThatRacesADeleteWritesNothingAfterIt(t *testing.T) {
	t.Parallel()
	for name, scanned := range map[string]bool{"a later scan": true, "the first scan": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := newStack(t)
			src := base.register(drift.Settings{URI: vpcURI})
			if scanned {
				base.bucket.put(vpcKey, state(1, sizes(20, "small")...))
				base.run(src)
			}
			base.bucket.put(vpcKey, state(2, append(sizes(18, "large"), "new=small")...))
			for at := 1; ; at++ {
				s := base.clone(t)
				slow := &stalling{Table: s.counter, at: at, reached: make(chan struct{}), release: make(chan struct{})}
				s.wire(slow, s.bucket, testKey)
				stalled := make(chan error, 1)
				go func() { _, err := s.tryRun(src); stalled <- err }()
				select {
				case <-slow.reached:
				case <-stalled:
					return
				}
				other := *s
				other.wire(s.counter, s.bucket, testKey)
				other.forget(src)
				close(slow.release)
				if err := <-stalled; err == nil {
					t.Errorf("write %d: no error", at)
				}
				s.mustBeEmpty(src, name)
				s.consistent()
			}
		})
	}
}
