package scan_test

import (
	"errors"
	"testing"
	"time"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/place"
	"plumbline/internal/registry"
	"plumbline/internal/store"
	"plumbline/internal/table"
)

// within makes a new environment the stack's.
func (s *stack) within(name string) {
	s.t.Helper()
	env, err := s.store.CreateEnvironment(s.t.Context(), "acme", "shop", name)
	if err != nil {
		s.t.Fatal(err)
	}
	s.env = env
}

// working runs what is queued while the call is made.
func (s *stack) working(call func(*registry.Registry)) {
	s.t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		call(registry.New(registry.Config{Store: s.store, Queue: s.queue, Prefixes: place.Prefixes{Own: "estate"}, Now: s.clock.Now, Wait: 5 * time.Second}))
	}()
	for {
		select {
		case <-done:
			return
		case <-time.After(time.Millisecond):
		}
		if _, err := s.scanner.Tick(s.t.Context(), 100); err != nil {
			s.t.Error(err)
		}
		for _, job := range s.queue.Take() {
			if err := s.scanner.Work(s.t.Context(), job, time.Time{}); err != nil {
				s.t.Error(err)
			}
		}
	}
}

// abandon takes the records of a source out of the table, as deletes of earlier versions
// did before all that a first scan had written was gone.
func (s *stack) abandon(src drift.Source) {
	s.t.Helper()
	s.withoutDocuments(src)
	for _, it := range s.read() {
		if it.pk[0] == "P" && it.SK == "S#"+idOf(src.ID.String()) || it.pk[0] == "P" && it.SK[:2] == "U#" || it.pk[0] == "U" {
			if err := s.counter.Write(s.t.Context(), table.Delete(it.Key, table.Any)); err != nil {
				s.t.Fatal(err)
			}
		}
	}
}

func TestAnEnvironmentIsDeletedWithWhatIsLeftOfSourcesThatAreGone(t *testing.T) {
	t.Parallel()
	for _, c := range firstScans {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStack(t)
			s.orphans = true
			s.within("prod")
			s.bucket.put(vpcKey, state(1, sizes(20, "small")...))
			src := s.register(drift.Settings{URI: c.uri})
			s.run(src, c.change...)
			s.abandon(src)
			s.working(func(r *registry.Registry) {
				if done, err := r.DeleteEnvironment(t.Context(), "acme", "shop", "prod", true, "alice"); !done || err != nil {
					t.Errorf("deleted: %v, %v", done, err)
				}
			})
			s.mustBeEmpty(src, c.name)
		})
	}
}

func TestAnEnvironmentIsDeletedWhereAnEntityNamesADeclarerOfWhichNothingIsLeft(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	s.orphans = true
	s.within("prod")
	s.bucket.put(vpcKey, state(1, "web=small"))
	src := s.register(drift.Settings{URI: vpcURI})
	s.run(src)
	s.abandon(src)
	id := idOf(src.ID.String())
	for _, it := range s.read() {
		if it.pk[0] == "S" && it.pk[1] == id {
			if err := s.counter.Write(t.Context(), table.Delete(it.Key, table.Any)); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.working(func(r *registry.Registry) {
		if done, err := r.DeleteEnvironment(t.Context(), "acme", "shop", "prod", true, "alice"); !done || err != nil {
			t.Errorf("deleted: %v, %v", done, err)
		}
	})
	s.mustBeEmpty(src, "an environment")
}

func TestAnEntityWhoseSourceIsGoneIsDeletedWithWhatElseIsLeftOfIt(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	s.orphans = true
	s.bucket.put(vpcKey, state(1, "web=small", "db=small"))
	src := s.register(drift.Settings{URI: vpcURI})
	s.run(src)
	record, err := s.store.Entity(t.Context(), catalog.EntityID(s.env.ID, "aws_instance", "prod/vpc/aws_instance.web"))
	if err != nil {
		t.Fatal(err)
	}
	s.working(func(r *registry.Registry) {
		if err := r.DeleteEntity(t.Context(), s.project, s.env, record, "alice"); !errors.Is(err, registry.ErrDeclared) {
			t.Errorf("a declared one: %v", err)
		}
	})
	s.abandon(src)
	s.working(func(r *registry.Registry) {
		if err := r.DeleteEntity(t.Context(), s.project, s.env, record, "alice"); err != nil {
			t.Errorf("an orphan: %v", err)
		}
	})
	s.mustBeEmpty(src, "an entity")
}

func TestAScopeOfASourceThatIsGoneIsFree(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	s.orphans = true
	s.bucket.put(vpcKey, state(1, "web=small", "old=small"))
	src := s.register(drift.Settings{URI: vpcURI})
	s.run(src)
	s.abandon(src)
	s.bucket.put(vpcKey, state(2, "web=large"))
	again := s.register(drift.Settings{URI: vpcURI})
	s.mustStatus(s.run(again), drift.ScanSucceeded)
	s.work(func() {})
	s.work(func() {})
	if left := s.leftOf(src); len(left) > 0 {
		t.Errorf("left of the source that is gone: %v", left)
	}
	if got, want := s.totals(again), (store.Totals{Current: 3}); got != want || s.size("web") != `"large"` {
		t.Errorf("totals %+v, want %+v; web is %s", got, want, s.size("web"))
	}
}
