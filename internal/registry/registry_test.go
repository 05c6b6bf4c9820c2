package registry_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"plumbline/internal/drift"
	"plumbline/internal/place"
	"plumbline/internal/registry"
	"plumbline/internal/scan/scantest"
	"plumbline/internal/store"
	"plumbline/internal/table/memory"
)

func newRegistry(t *testing.T) (*registry.Registry, *store.Store, *scantest.Queue) {
	t.Helper()
	s := store.New(store.Config{Table: memory.New(time.Now), Now: time.Now})
	queue := &scantest.Queue{}
	r := registry.New(registry.Config{Store: s, Queue: queue, Prefixes: place.Prefixes{Own: "estate"}, Now: time.Now, Wait: time.Millisecond})
	if _, err := r.CreateEnvironment(t.Context(), "acme", "shop", "prod"); err != nil {
		t.Fatal(err)
	}
	return r, s, queue
}

func registration(uri string) registry.Registration {
	return registry.Registration{Organisation: "acme", Project: "shop", Environment: "prod", Kind: drift.KindTFState, URI: uri}
}

func TestTwentyRacingCallersRegisterOneSource(t *testing.T) {
	t.Parallel()
	r, s, _ := newRegistry(t)
	var callers sync.WaitGroup
	var mu sync.Mutex
	created, ids := 0, map[string]bool{}
	for i := range 20 {
		callers.Go(func() {
			reg := registration("s3://estate/acme/vpc.tfstate")
			if i%2 == 0 {
				schedule := fmt.Sprintf("rate(%d hours)", i+2)
				reg.Schedule = &schedule
			}
			source, isNew, err := r.Register(t.Context(), reg)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			ids[source.ID.String()] = true
			if isNew {
				created++
			}
		})
	}
	callers.Wait()
	if created != 1 || len(ids) != 1 {
		t.Errorf("%d created, %d sources; want one of each", created, len(ids))
	}
	project, err := s.Project(t.Context(), "acme", "shop")
	if err != nil {
		t.Fatal(err)
	}
	if sources, _, err := s.Sources(t.Context(), project.ID, "", 10); err != nil || len(sources) != 1 {
		t.Errorf("%d sources are stored (%v)", len(sources), err)
	}
}

func TestTwentyRacingCallersRegisterTwentySources(t *testing.T) {
	t.Parallel()
	r, _, _ := newRegistry(t)
	var callers sync.WaitGroup
	for i := range 20 {
		callers.Go(func() {
			if _, isNew, err := r.Register(t.Context(), registration(fmt.Sprintf("s3://estate/acme/%d.tfstate", i))); err != nil || !isNew {
				t.Errorf("source %d: new %v, %v", i, isNew, err)
			}
		})
	}
	callers.Wait()
}

func TestARefreshThatChangesNothingWritesNothing(t *testing.T) {
	t.Parallel()
	r, _, _ := newRegistry(t)
	policy := drift.HumanApproval
	reg := registration("s3://estate/acme/vpc.tfstate")
	reg.Policy = &policy
	first, _, err := r.Register(t.Context(), reg)
	if err != nil {
		t.Fatal(err)
	}
	again, isNew, err := r.Register(t.Context(), registration("s3://estate/acme/vpc.tfstate"))
	if err != nil || isNew || again.Revision != first.Revision || again.SettingsRevision != 1 || again.Settings.Policy != policy {
		t.Errorf("refreshed: new %v, %+v, %v", isNew, again, err)
	}
	auto := drift.AutoUpdate
	changed, err := r.Change(t.Context(), again, registry.Changes{Policy: &auto})
	if err != nil || changed.SettingsRevision != 2 || changed.Settings.Policy != auto || !changed.NextDue.Equal(first.NextDue) {
		t.Errorf("changed: %+v, %v", changed, err)
	}
}

func TestADeleteIsNotLostWithItsJob(t *testing.T) {
	t.Parallel()
	r, s, queue := newRegistry(t)
	source, _, err := r.Register(t.Context(), registration("local/stacks"))
	if err != nil {
		t.Fatal(err)
	}
	if !source.NextDue.IsZero() {
		t.Errorf("a source that is not read is due at %s", source.NextDue)
	}
	if err := r.Delete(t.Context(), source, "alice"); err != nil {
		t.Fatal(err)
	}
	if jobs := queue.Take(); len(jobs) != 1 || jobs[0].Source != source.Ref() || jobs[0].Actor != "alice" {
		t.Errorf("jobs: %+v", jobs)
	}
	due, err := s.DueUntil(t.Context(), time.Now().Add(2*time.Minute), 10)
	if err != nil || len(due) != 1 || due[0].ID != source.ID {
		t.Errorf("due: %+v, %v", due, err)
	}
	if err := r.Delete(t.Context(), source, "bob"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("second delete: %v", err)
	}
	if _, _, err := r.Register(t.Context(), registration("local/stacks")); !errors.Is(err, registry.ErrDeleting) {
		t.Errorf("registered while it is deleted: %v", err)
	}
}

func TestAnEnvironmentWithANewSourceIsNotDeleted(t *testing.T) {
	t.Parallel()
	r, s, _ := newRegistry(t)
	for round := range 20 {
		name := fmt.Sprintf("e%d", round)
		if _, err := r.CreateEnvironment(t.Context(), "acme", "shop", name); err != nil {
			t.Fatal(err)
		}
		var both sync.WaitGroup
		var registered, deleted error
		both.Go(func() {
			reg := registration("local")
			reg.Environment = name
			_, _, registered = r.Register(t.Context(), reg)
		})
		both.Go(func() { _, deleted = r.DeleteEnvironment(t.Context(), "acme", "shop", name, false, "alice") })
		both.Wait()
		project, _ := s.Project(t.Context(), "acme", "shop")
		_, err := s.Environment(t.Context(), project.ID, name)
		switch {
		case registered == nil && errors.Is(deleted, registry.ErrNotEmpty) && err == nil:
		case errors.Is(registered, registry.ErrUnknownEnvironment) && deleted == nil && errors.Is(err, store.ErrNotFound):
		default:
			t.Errorf("registered: %v, deleted: %v, environment: %v", registered, deleted, err)
		}
	}
}
