package scan_test

import (
	"errors"
	"strings"
	"testing"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/review"
	"plumbline/internal/store"
)

func (s *stack) only(src drift.Source) drift.Proposal {
	s.t.Helper()
	list := s.pending(src)
	if len(list) != 1 {
		s.t.Fatalf("%d pending proposals, want one: %+v", len(list), list)
	}
	return list[0]
}

func (s *stack) mustDecide(src drift.Source, p drift.Proposal, status drift.ProposalStatus) {
	s.t.Helper()
	if err := s.decide(src, p, status); err != nil {
		s.t.Fatalf("%s: %v", status, err)
	}
}

// cpus is the property of a server as recorded.
func (s *stack) cpus(name string) string {
	s.t.Helper()
	record, err := s.store.Entity(s.t.Context(), catalog.EntityID(s.env.ID, "server", name))
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.Trim(string(record.Entity.Properties["cpus"]), `"`)
}

func TestANewerScanSupersedesAndTheSameDifferenceChangesNothing(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "./a", Policy: drift.HumanApproval})
	s.run(src, push(servers("x=1")))
	s.run(src, push(servers("x=2")))
	first := s.only(src)
	s.counter.Reset()
	s.run(src, push(servers("x=2")))
	if got := s.counter.Total().ItemsWritten; got > 5 {
		t.Errorf("the same difference wrote %d items", got)
	}
	if again := s.only(src); again.ID != first.ID {
		t.Errorf("the same difference opened %s beside %s", again.ID, first.ID)
	}
	s.counter.Reset()
	s.run(src, push(servers("x=3")))
	if got := s.counter.Total().ItemsWritten - 5; got > 12 {
		t.Errorf("superseding wrote %d items, want at most 12", got)
	}
	second := s.only(src)
	old, err := s.store.Proposal(t.Context(), src.ID, first.ID)
	if err != nil || old.Status != drift.Superseded || old.SupersededBy != second.ID {
		t.Errorf("the older one: %+v, %v", old, err)
	}
	s.run(src, push(servers("x=1")))
	if got, want := s.totals(src), (store.Totals{Current: 1}); got != want {
		t.Errorf("no difference any more: %+v, want %+v", got, want)
	}
}

func TestADecisionIsTakenOnce(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "./a", Policy: drift.HumanApproval})
	s.run(src, push(servers("x=1")))
	s.run(src, push(servers("x=2")))
	p := s.only(src)
	s.mustDecide(src, p, drift.Rejected)
	for _, status := range []drift.ProposalStatus{drift.Approved, drift.Rejected} {
		if err := s.decide(src, p, status); !errors.Is(err, review.ErrDecided) {
			t.Errorf("%s again: %v, want ErrDecided", status, err)
		}
	}
	if err := s.decide(src, drift.Proposal{ID: src.ID}, drift.Approved); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("an unknown one: %v", err)
	}
	s.run(src, push(servers("x=2")))
	if got, want := s.totals(src), (store.Totals{Drifted: 1}); got != want || s.cpus("x") != "1" {
		t.Errorf("rejected: %+v, want %+v; cpus %s", got, want, s.cpus("x"))
	}
	s.run(src, push(servers("x=3")))
	s.mustDecide(src, s.only(src), drift.Approved)
	if got, want := s.totals(src), (store.Totals{Current: 1}); got != want || s.cpus("x") != "3" {
		t.Errorf("approved: %+v, want %+v; cpus %s", got, want, s.cpus("x"))
	}
}

func TestAStaleApprovalIsFollowedByAFreshProposal(t *testing.T) {
	t.Parallel()
	for _, pushes := range []bool{true, false} {
		s := newStack(t)
		other := s.register(drift.Settings{URI: "./other"})
		src := s.register(drift.Settings{URI: vpcURI, Policy: drift.HumanApproval})
		serial := 0
		scanIt := func(size string) {
			serial++
			if pushes {
				s.run(src, push(pushed("web="+size)))
				return
			}
			s.bucket.put(vpcKey, state(serial, "web="+size))
			s.run(src)
		}
		scanIt("small")
		scanIt("large")
		p := s.only(src)
		// The other source may change what it agreed with until the proposal came.
		item := `[{"kind":"Entity","entityType":"aws_instance","name":"prod/vpc/aws_instance.web","properties":{"instance_type":"SIZE"}}]`
		s.run(other, push(strings.Replace(item, "SIZE", "small", 1)))
		s.run(other, push(strings.Replace(item, "SIZE", "tiny", 1)))
		for _, theirs := range s.pending(other) {
			s.mustDecide(other, theirs, drift.Approved)
		}
		if got := s.size("web"); got != `"tiny"` {
			t.Fatalf("pushes %v: recorded %s", pushes, got)
		}
		pending := s.pending(src)
		if len(pending) == 1 && pending[0].ID == p.ID {
			if err := s.decide(src, p, drift.Approved); !errors.Is(err, review.ErrStale) {
				t.Errorf("pushes %v: %v, want ErrStale", pushes, err)
			}
		}
		s.work(func() {})
		if pushes {
			s.run(src, push(pushed("web=large")))
		}
		for _, fresh := range s.pending(src) {
			if fresh.ID == p.ID || string(fresh.Changes[0].Before) != `"tiny"` {
				t.Errorf("pushes %v: not fresh: %+v", pushes, fresh)
			}
			s.mustDecide(src, fresh, drift.Approved)
			if got := s.size("web"); got != `"large"` {
				t.Errorf("pushes %v: recorded %s", pushes, got)
			}
		}
	}
}

func TestAConflictOfTwoSourcesIsAProposalUntilTheyAgree(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	a := s.register(drift.Settings{URI: "./a"})
	b := s.register(drift.Settings{URI: "./b"})
	s.run(a, push(servers("x=1")))
	got := s.run(b, push(servers("x=2")))
	if got.Summary.Counts.Conflicts != 1 || s.cpus("x") != "1" {
		t.Errorf("counts %+v, cpus %s", got.Summary.Counts, s.cpus("x"))
	}
	p := s.only(b)
	if !p.Conflict() || p.Changes[0].Conflict[0].Source != a.ID || string(p.Changes[0].Conflict[0].Value) != `"1"` {
		t.Errorf("proposal: %+v", p)
	}
	s.run(a, push(servers("x=2")))
	s.work(func() {})
	s.run(b, push(servers("x=2")))
	if len(s.pending(a))+len(s.pending(b)) != 0 || s.cpus("x") != "2" {
		t.Errorf("they agree: %+v %+v, cpus %s", s.pending(a), s.pending(b), s.cpus("x"))
	}
	for _, src := range []drift.Source{a, b} {
		if got, want := s.totals(src), (store.Totals{Current: 1}); got != want {
			t.Errorf("totals %+v, want %+v", got, want)
		}
	}
}

func TestASwitchToAutoUpdateAppliesWhatWaitedAndWhatWasRejected(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI, Policy: drift.HumanApproval})
	s.bucket.put(vpcKey, state(1, "web=small", "db=small"))
	s.run(src)
	s.bucket.put(vpcKey, state(2, "web=large", "db=large"))
	s.run(src)
	s.mustDecide(src, s.pending(src)[0], drift.Rejected)
	before := s.reload(src)
	after := before
	after.Settings.Policy, after.SettingsRevision = drift.AutoUpdate, before.SettingsRevision+1
	if err := s.store.UpdateSource(t.Context(), before, after); err != nil {
		t.Fatal(err)
	}
	s.run(src)
	if got, want := s.totals(src), (store.Totals{Current: 4}); got != want || s.size("web") != `"large"` || s.size("db") != `"large"` {
		t.Errorf("totals %+v, want %+v; web %s, db %s", got, want, s.size("web"), s.size("db"))
	}
}

func TestWhatIsGoneIsMissingAndComesBack(t *testing.T) {
	t.Parallel()
	for _, policy := range []drift.Policy{drift.AutoUpdate, drift.HumanApproval} {
		s := newStack(t)
		src := s.register(drift.Settings{URI: "./a", Policy: policy})
		s.run(src, push(servers("x=1", "y=1")))
		s.run(src, push(servers("x=1")))
		if got, want := s.totals(src), (store.Totals{Current: 1, Missing: 1}); got != want {
			t.Errorf("%s: gone: %+v, want %+v", policy, got, want)
		}
		s.run(src, push(servers("x=1", "y=1")))
		if got, want := s.totals(src), (store.Totals{Current: 2}); got != want {
			t.Errorf("%s: back: %+v, want %+v", policy, got, want)
		}
	}
}

func TestPruneRemovesOrProposesToRemove(t *testing.T) {
	t.Parallel()
	gone := func(s *stack, name string) bool {
		_, err := s.store.Entity(s.t.Context(), catalog.EntityID(s.env.ID, "server", name))
		return errors.Is(err, store.ErrNotFound)
	}
	s := newStack(t)
	src := s.register(drift.Settings{URI: "./a", Prune: true})
	s.run(src, push(servers("x=1", "y=1")))
	s.run(src, push(servers("x=1")))
	if got, want := s.totals(src), (store.Totals{Current: 1}); got != want || !gone(s, "y") {
		t.Errorf("auto-update: %+v, want %+v", got, want)
	}
	human := s.register(drift.Settings{URI: "./b", Prune: true, Policy: drift.HumanApproval})
	s.run(human, push(servers("v=1", "w=1")))
	s.run(human, push(servers("v=1")))
	p := s.only(human)
	if p.Action != drift.ActionDelete || gone(s, "w") {
		t.Errorf("human-approval: %+v", p)
	}
	s.mustDecide(human, p, drift.Approved)
	if got, want := s.totals(human), (store.Totals{Current: 1}); got != want || !gone(s, "w") {
		t.Errorf("approved: %+v, want %+v", got, want)
	}
}

func TestAProposalOfAnEntityThatMovedBetweenDocumentsIsDecided(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI, Policy: drift.HumanApproval})
	s.bucket.put(vpcKey, state(1, "web=small"))
	s.run(src)
	s.bucket.put(vpcKey, state(2, "web=large"))
	s.run(src)
	item := `[{"kind":"Entity","entityType":"aws_instance","name":"prod/vpc/aws_instance.web",
		"properties":{"id":"i-web","instance_type":"large","tags":{"Name":"web"}}}]`
	s.run(src, push(item))
	s.mustDecide(src, s.only(src), drift.Approved)
	if got := s.size("web"); got != `"large"` {
		t.Errorf("recorded %s", got)
	}
	s.run(src, push(item))
}
