package scan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/store"
)

func TestAScanFindsDriftAndAnApprovalEndsIt(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "s3://estate/acme/prod/vpc.tfstate", Policy: drift.HumanApproval})
	s.bucket.put("acme/prod/vpc.tfstate", state(1, "web=small", "db=large"))

	first := s.run(src)
	if first.Status != drift.ScanSucceeded || first.Summary.Counts.Created != 4 {
		t.Fatalf("first scan: %s %+v (%s)", first.Status, first.Summary.Counts, first.Summary.Reason)
	}
	s.bucket.put("acme/prod/vpc.tfstate", state(2, "web=medium", "db=large"))
	second := s.run(src)
	if c := second.Summary.Counts; c.Proposed != 1 || c.Created != 0 {
		t.Fatalf("second scan: %+v", c)
	}
	proposals := s.pending(src)
	if len(proposals) != 1 || proposals[0].EntityName != "prod/vpc/aws_instance.web" {
		t.Fatalf("pending: %+v", proposals)
	}
	want := []drift.Change{{Property: "/properties/instance_type", Before: catalog.String("small"), After: catalog.String("medium")}}
	if diff := cmp.Diff(want, proposals[0].Changes); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if got, want := s.totals(src), (store.Totals{Current: 3, Drifted: 1, Pending: 1}); got != want {
		t.Errorf("totals: got %+v, want %+v", got, want)
	}
	if err := s.decide(src, proposals[0], drift.Approved); err != nil {
		t.Fatal(err)
	}
	record, err := s.store.Entity(t.Context(), proposals[0].EntityID)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(record.Entity.Properties["instance_type"]); got != `"medium"` {
		t.Errorf("instance_type after approval: %s", got)
	}
	if got, want := s.totals(src), (store.Totals{Current: 4}); got != want {
		t.Errorf("totals after approval: got %+v, want %+v", got, want)
	}
	if third := s.run(src); third.Status != drift.ScanUnchanged {
		t.Errorf("third scan: %s", third.Status)
	}
}

func TestAnUnchangedScanWritesFiveItems(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "s3://estate/acme/prod/vpc.tfstate"})
	s.bucket.put("acme/prod/vpc.tfstate", state(1, "web=small"))
	s.run(src)
	s.counter.Reset()
	if got := s.run(src); got.Status != drift.ScanUnchanged {
		t.Fatalf("status: %s", got.Status)
	}
	if got := s.counter.Total().ItemsWritten; got > 5 {
		t.Errorf("items written: %d, want at most 5", got)
	}
}
