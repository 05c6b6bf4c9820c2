package scan_test

import (
	"testing"

	"plumbline/internal/drift"
)

func TestAScanWithFailedDeclarationsIsPartial(t *testing.T) {
	t.Parallel()
	const link = `{"kind":"Relationship","relationshipType":"nowhere","from":"x","to":"y"}`
	for name, c := range map[string]struct {
		scan   func(*stack) drift.Scan
		reason string
		status drift.ScanStatus
	}{
		"an instance that stands twice": {func(s *stack) drift.Scan {
			src := s.register(drift.Settings{URI: vpcURI})
			s.bucket.put(vpcKey, state(1, "web=small", "db=small", "web=small"))
			return s.run(src)
		}, "1 declaration could not be used: see failed", drift.ScanPartial},
		"two items of a push": {func(s *stack) drift.Scan {
			return s.run(s.register(drift.Settings{URI: "./a"}), push(`[{"kind":"Entity","entityType":"a"},{"kind":"Entity","entityType":"b"},`+servers("x=1")[1:]))
		}, "2 declarations could not be used: see failed", drift.ScanPartial},
		"a relationship of a push": {func(s *stack) drift.Scan {
			return s.run(s.register(drift.Settings{URI: "./a"}), push("["+link+","+servers("x=1")[1:]))
		}, "1 declaration could not be used: see failed", drift.ScanPartial},
		"none": {func(s *stack) drift.Scan {
			return s.run(s.register(drift.Settings{URI: "./a"}), push(servers("x=1")))
		}, "", drift.ScanSucceeded},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStack(t)
			got := c.scan(s)
			if got.Status != c.status || got.Summary.Reason != c.reason {
				t.Errorf("got %s (%s), want %s (%s); %+v", got.Status, got.Summary.Reason, c.status, c.reason, got.Summary.Failed)
			}
		})
	}
}

func TestTheWorstDocumentGoesBeforeFailedDeclarations(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "s3://estate/acme/states/"})
	s.bucket.put("acme/states/a.tfstate", state(1, "web=small", "web=small"))
	s.bucket.put("acme/states/b.tfstate", "no state")
	got := s.run(src)
	if got.Status != drift.ScanFailed || got.Summary.Counts.Failed != 1 || got.Summary.Documents[drift.ScanPartial] != 1 {
		t.Errorf("got %s, %+v, %+v", got.Status, got.Summary.Counts, got.Summary.Documents)
	}
}
