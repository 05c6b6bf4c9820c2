package scan_test

import (
	"errors"
	"strings"
	"testing"

	"plumbline/internal/drift"
	"plumbline/internal/scan"
)

func forced(by drift.Scan) func(*scan.Request) {
	return func(r *scan.Request) { r.Force = by.ID }
}

func TestADocumentIsHeldWholeUntilAPersonForcesIt(t *testing.T) {
	t.Parallel()
	first := func() string { return stateOf("l-1", 5, sizes(12, "small")...) }
	for _, c := range []struct{ name, next, reason string }{
		{"another lineage", stateOf("l-2", 6, sizes(12, "small")...), "lineage"},
		{"the serial went back", stateOf("l-1", 4, sizes(12, "large")...), "serial"},
		{"the same serial", stateOf("l-1", 5, sizes(12, "large")...), "serial is still 5"},
		{"an instance more under the same serial", stateOf("l-1", 5, sizes(13, "small")...), "serial is still 5"},
		{"an empty set", stateOf("l-1", 6), "empty"},
		{"more than half of ten gone", stateOf("l-1", 6, sizes(4, "small")...), "would go missing"},
	} {
		for _, policy := range []drift.Policy{drift.AutoUpdate, drift.HumanApproval} {
			t.Run(c.name+" under "+string(policy), func(t *testing.T) {
				t.Parallel()
				s := newStack(t)
				src := s.register(drift.Settings{URI: vpcURI, Policy: policy})
				s.bucket.put(vpcKey, first())
				s.run(src)
				before := s.totals(src)
				s.bucket.put(vpcKey, c.next)
				held := s.run(src)
				s.mustStatus(held, drift.ScanHeld)
				if !strings.Contains(held.Summary.Reason, c.reason) || s.totals(src) != before {
					t.Errorf("reason %q, totals %+v, before %+v", held.Summary.Reason, s.totals(src), before)
				}
				still := s.run(src)
				s.mustStatus(still, drift.ScanHeld)
				s.mustStatus(s.run(src, forced(still)), drift.ScanSucceeded) // what it reviewed is the same
				s.mustStatus(s.run(src), drift.ScanUnchanged)
				if _, err := s.tryRun(src, forced(held)); !errors.Is(err, scan.ErrNotHeld) {
					t.Errorf("force twice: %v", err)
				}
			})
		}
	}
}

func TestAForceReleasesNothingButWhatWasReviewed(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, stateOf("l-1", 5, "web=small"))
	passed := s.run(src)
	if _, err := s.tryRun(src, forced(passed)); !errors.Is(err, scan.ErrNotHeld) {
		t.Errorf("force of a scan that held nothing: %v", err)
	}
	s.bucket.put(vpcKey, stateOf("l-2", 5, "web=small"))
	held := s.run(src)
	for name, change := range map[string]func(){
		"other bytes": func() { s.bucket.put(vpcKey, stateOf("l-3", 5, "web=small")) },
		"no object":   func() { s.bucket.remove(vpcKey) },
	} {
		change()
		before := s.totals(src)
		if _, err := s.tryRun(src, forced(held)); !errors.Is(err, scan.ErrMoved) {
			t.Errorf("force with %s: %v, want ErrMoved", name, err)
		}
		if s.totals(src) != before {
			t.Errorf("force with %s changed the totals", name)
		}
	}
	s.bucket.put(vpcKey, stateOf("l-1", 6, "web=small")) // the old lineage again
	s.mustStatus(s.run(src), drift.ScanSucceeded)
}

func TestAnEmptyStateIsNoLossWhereNothingWasDeclared(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, state(1))
	s.mustStatus(s.run(src), drift.ScanSucceeded)
	s.bucket.put(vpcKey, state(2))
	s.mustStatus(s.run(src), drift.ScanSucceeded)
}

func TestTheSameStateWrittenOtherwiseIsNotHeld(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, stateOf("l-1", 5, "a=small", "b=small"))
	s.run(src)
	s.bucket.put(vpcKey, strings.ReplaceAll(stateOf("l-1", 5, "b=small", "a=small"), ",", ", "))
	s.mustStatus(s.run(src), drift.ScanSucceeded)
}

func TestASerialIsHeldUnderANewDigestKeyToo(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	const marked = `[{"type":"get_attr","value":"user_data"}]`
	s.bucket.put(vpcKey, withUserData(1, "secret-one-1", "", marked))
	s.run(src)
	s.wire(s.counter, s.bucket, "k2:ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=,"+testKey)
	s.bucket.salt = "another"
	s.mustStatus(s.run(src), drift.ScanSucceeded)
	s.bucket.put(vpcKey, withUserData(1, "secret-two-2", "", marked))
	s.mustStatus(s.run(src), drift.ScanHeld)
}

func TestZeroBytesAfterAnEmptyStateAreNoChangeOfLineage(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	for _, text := range []string{stateOf("l-1", 1), "", stateOf("l-2", 1, "web=small")} {
		s.bucket.put(vpcKey, text)
		s.mustStatus(s.run(src), drift.ScanSucceeded)
	}
	s.bucket.put(vpcKey, "")
	s.mustStatus(s.run(src), drift.ScanHeld)
}
