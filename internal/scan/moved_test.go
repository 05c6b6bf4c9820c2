package scan_test

import (
	"strings"
	"testing"

	"plumbline/internal/drift"
	"plumbline/internal/store"
)

// documents are the source's records by uri.
func (s *stack) documents(src drift.Source) map[string]drift.Document {
	s.t.Helper()
	documents := map[string]drift.Document{}
	for d, err := range s.store.Documents(s.t.Context(), src.ID) {
		if err != nil {
			s.t.Fatal(err)
		}
		if _, twice := documents[d.URI]; twice {
			s.t.Errorf("two documents of %s", d.URI)
		}
		documents[d.URI] = d
	}
	return documents
}

func TestAStateThatMovesToAnotherKeyOfItsScopeStaysItsDocument(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ from, to string }{
		"into a folder":     {"a/b/c.tfstate", "a/b/c/terraform.tfstate"},
		"out of a folder":   {"a/b/c/terraform.tfstate", "a/b/c.tfstate"},
		"to a bare name":    {"a/b/c.tfstate", "a/b/c"},
		"of a workspace":    {"env:/dev/c.tfstate", "env:/dev/c/terraform.tfstate"},
		"between prefixes":  {"a/env:/dev/c.tfstate", "env:/dev/a/c.tfstate"},
		"at a deeper level": {"x.y/z.tfstate", "x.y/z/terraform.tfstate"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStack(t)
			src := s.register(drift.Settings{URI: "s3://estate/acme/"})
			s.bucket.put("acme/"+c.from, state(1, "web=small", "db=small"))
			s.run(src)
			before := s.documents(src)["s3://estate/acme/"+c.from]
			s.bucket.put("acme/"+c.to, state(2, "web=large", "db=small"))
			s.bucket.remove("acme/" + c.from)
			moved := s.run(src)
			if s.mustStatus(moved, drift.ScanSucceeded); moved.Summary.Counts.Missing+moved.Summary.Counts.Created != 0 {
				t.Errorf("a move is a change of what the state holds: %+v", moved.Summary.Counts)
			}
			if got := s.totals(src); got != (store.Totals{Current: 4}) {
				t.Errorf("totals %+v", got)
			}
			after := s.documents(src)
			if d := after["s3://estate/acme/"+c.to]; len(after) != 1 || d.ID != before.ID || d.Scope != before.Scope || d.Serial != 2 {
				t.Errorf("documents %+v, before %+v", after, before)
			}
			s.mustStatus(s.run(src), drift.ScanUnchanged)

			// Another state at the key that it left is another document, of the same scope.
			s.bucket.put("acme/"+c.from, strings.Replace(state(1, "web=small"), "l-1", "l-2", 1))
			got := s.run(src)
			if s.mustStatus(got, drift.ScanFailed); !strings.Contains(got.Summary.Reason, "scope_taken") || !strings.Contains(got.Summary.Reason, c.to) {
				t.Errorf("reason %q", got.Summary.Reason)
			}
			if got := s.totals(src); got != (store.Totals{Current: 4}) || len(s.documents(src)) != 2 {
				t.Errorf("totals %+v, documents %+v", got, s.documents(src))
			}
		})
	}
}

func TestAStateThatTakesAPlaceWithAnotherLineageIsHeld(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "s3://estate/acme/"})
	s.bucket.put("acme/a.tfstate", state(1, "web=small"))
	s.run(src)
	s.bucket.remove("acme/a.tfstate")
	s.bucket.put("acme/a/terraform.tfstate", strings.ReplaceAll(state(1, "web=large"), "l-1", "l-2"))
	held := s.run(src)
	if s.mustStatus(held, drift.ScanHeld); !strings.Contains(held.Summary.Reason, "lineage") {
		t.Errorf("reason %q", held.Summary.Reason)
	}
	s.mustStatus(s.run(src, forced(held)), drift.ScanSucceeded)
}

func TestTheNextOneTakesTheScopeOfAStateThatIsGone(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	s.bucket.put("acme/a.tfstate", state(1, "web=small"))
	s.bucket.put("acme/a/terraform.tfstate", state(1, "web=large"))
	src := s.register(drift.Settings{URI: "s3://estate/acme/"})
	if got := s.run(src); got.Summary.Documents[drift.ScanFailed] != 1 || got.Summary.Documents[drift.ScanSucceeded] != 1 {
		t.Fatalf("two objects of one scope: %+v", got.Summary.Documents)
	}
	taker := s.documents(src)["s3://estate/acme/a.tfstate"]
	s.bucket.remove("acme/a.tfstate")
	s.mustStatus(s.run(src), drift.ScanHeld) // the same serial with other content
	documents := s.documents(src)
	if d := documents["s3://estate/acme/a/terraform.tfstate"]; len(documents) != 1 || d.ID != taker.ID {
		t.Errorf("documents %+v", documents)
	}
	s.bucket.put("acme/a/terraform.tfstate", state(2, "web=large"))
	s.mustStatus(s.run(src), drift.ScanSucceeded)
}

func TestAScopeIsFreeOnceItsDocumentIsGoneAndReleased(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	a := s.register(drift.Settings{URI: "s3://estate/acme/a.tfstate", Scope: "one"})
	b := s.register(drift.Settings{URI: "s3://estate/acme/b.tfstate", Scope: "one"})
	s.bucket.put("acme/a.tfstate", state(1, "web=small"))
	s.bucket.put("acme/b.tfstate", state(1, "web=large"))
	s.run(a)
	s.bucket.remove("acme/a.tfstate")
	held := s.run(a)
	if s.mustStatus(held, drift.ScanHeld); held.Summary.Reason != "the object is gone" {
		t.Errorf("reason %q", held.Summary.Reason)
	}
	s.mustStatus(s.run(b), drift.ScanFailed) // gone, but not released
	released := s.run(a, forced(held))
	if s.mustStatus(released, drift.ScanSucceeded); released.Summary.Counts.Missing != 3 {
		t.Errorf("released: %+v", released.Summary.Counts)
	}
	if got := s.run(a); got.Status != drift.ScanUnchanged || len(got.Summary.Warnings) != 1 {
		t.Errorf("what was accepted is told again: %s %+v", got.Status, got.Summary)
	}
	s.mustStatus(s.run(b), drift.ScanSucceeded)

	// The first one comes back too late, under any lineage.
	s.bucket.put("acme/a.tfstate", strings.ReplaceAll(state(1, "web=small"), "l-1", "l-2"))
	for range 2 {
		got := s.run(a)
		if s.mustStatus(got, drift.ScanFailed); !strings.Contains(got.Summary.Reason, "s3://estate/acme/b.tfstate") {
			t.Errorf("reason %q", got.Summary.Reason)
		}
	}
	s.bucket.remove("acme/b.tfstate")
	s.mustStatus(s.run(b, forced(s.run(b))), drift.ScanSucceeded)
	s.mustStatus(s.run(a), drift.ScanSucceeded)
	if got := s.scopes(a)["a.tfstate"]; got != "one" {
		t.Errorf("scope %q", got)
	}
}

func TestAStateThatMovedIsWhatForceReviews(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "s3://estate/acme/"})
	s.bucket.put("acme/a.tfstate", state(1, "web=small"))
	s.run(src)
	s.bucket.remove("acme/a.tfstate")
	held := s.run(src)
	s.bucket.put("acme/a/terraform.tfstate", state(2, "web=small"))
	if _, err := s.tryRun(src, forced(held)); err == nil || !strings.Contains(err.Error(), "moved") {
		t.Errorf("force of what came back elsewhere: %v", err)
	}
	s.mustStatus(s.run(src), drift.ScanSucceeded)
}
