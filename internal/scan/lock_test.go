package scan_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/drift"
	"plumbline/internal/object"
)

const lockBody = `{"ID":"x","Operation":"OperationTypeApply","Who":"bob@host"}`

func TestALockedStateIsRetriedAndScannedAfterSixHours(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI, Schedule: "rate(7 days)"})
	s.bucket.put(vpcKey, state(1, "web=small"))
	s.run(src)
	before := s.totals(src)
	s.bucket.put(vpcKey, state(2, "web=large"))
	s.bucket.put(vpcKey+".tflock", lockBody)
	start := s.clock.Now()
	locked := s.run(src)
	s.mustStatus(locked, drift.ScanLocked)
	if !strings.Contains(locked.Summary.Reason, "bob@host, OperationTypeApply") || s.totals(src) != before {
		t.Errorf("reason %q, totals %+v", locked.Summary.Reason, s.totals(src))
	}
	s.run(src) // a trigger in between moves no retry
	var retries []time.Duration
	for range 8 * 60 {
		s.clock.Advance(time.Minute)
		s.work(func() { retries = append(retries, s.clock.Now().Sub(start)) })
	}
	minutes := func(list ...int) (all []time.Duration) {
		for _, m := range list {
			all = append(all, time.Duration(m)*time.Minute)
		}
		return all
	}
	if want := minutes(5, 15, 35, 75, 135, 195, 255, 315, 375); !slices.Equal(retries, want) {
		t.Errorf("retried at %v, want %v", retries, want)
	}
	scans, _, err := s.store.Scans(t.Context(), src.ID, "", 1)
	if err != nil {
		t.Fatal(err)
	}
	last := scans[0]
	s.mustStatus(last, drift.ScanSucceeded)
	if len(last.Summary.Warnings) != 1 || !strings.Contains(last.Summary.Warnings[0].Reason, "bob@host") {
		t.Errorf("warnings: %+v", last.Summary.Warnings)
	}
}

func TestTheRemovalOfALockTriggersAScan(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, state(1, "web=small"))
	s.bucket.put(vpcKey+".tflock", lockBody)
	s.mustStatus(s.run(src), drift.ScanLocked)
	if err := s.scanner.Upload(t.Context(), "estate", vpcKey+".tflock", false); err != nil || len(s.queue.Take()) != 0 {
		t.Fatalf("the making of a lock triggered a scan, or %v", err)
	}
	s.bucket.remove(vpcKey + ".tflock")
	if err := s.scanner.Upload(t.Context(), "estate", vpcKey+".tflock", true); err != nil {
		t.Fatal(err)
	}
	ran := 0
	s.work(func() { ran++ })
	if s.mustStatus(s.last(src), drift.ScanSucceeded); ran != 1 {
		t.Errorf("%d jobs ran, want 1", ran)
	}
}

func TestALockThatMayNotBeLookedAtIsNoLockWithAWarning(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, state(1, "web=small"))
	s.bucket.fail = func(_, key string) error {
		if strings.HasSuffix(key, ".tflock") {
			return object.ErrDenied
		}
		return nil
	}
	got := s.run(src)
	if s.mustStatus(got, drift.ScanSucceeded); len(got.Summary.Warnings) != 1 {
		t.Errorf("warnings: %+v", got.Summary.Warnings)
	}
}

func TestALockWhoseHolderIsNotReadableHoldsAllTheSame(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, state(1, "web=small"))
	s.bucket.put(vpcKey+".tflock", "")
	got := s.run(src)
	if s.mustStatus(got, drift.ScanLocked); !strings.Contains(got.Summary.Reason, "an unknown holder") {
		t.Errorf("reason %q", got.Summary.Reason)
	}
}

// outcomes are the statuses of a source's scans.
func (s *stack) outcomes(src drift.Source) (all []drift.ScanStatus) {
	for _, scan := range s.history(src) {
		all = append(all, scan.Status)
	}
	return all
}

func TestAnUploadUnderALockLeavesNoScanBesideTheOneThatFollows(t *testing.T) {
	t.Parallel()
	for _, uri := range []string{vpcURI, "s3://estate/acme/"} {
		t.Run(uri, func(t *testing.T) {
			t.Parallel()
			s := newStack(t)
			src := s.register(drift.Settings{URI: uri})
			s.bucket.put("acme/other.tfstate", state(1, "other=small"))
			s.bucket.put(vpcKey, state(1, "web=small"))
			s.run(src)
			s.bucket.put(vpcKey+".tflock", lockBody)
			for serial := 2; serial < 5; serial++ { // Terraform writes a state again and again while it applies
				s.bucket.put(vpcKey, state(serial, "web=large"))
				s.upload(vpcKey)
				s.clock.Advance(40 * time.Second)
				s.work(func() {})
			}
			if diff := cmp.Diff([]drift.ScanStatus{drift.ScanSucceeded}, s.outcomes(src)); diff != "" {
				t.Errorf("scans while the lock is held (-want +got):\n%s", diff)
			}
			if got := s.documents(src)["s3://estate/"+vpcKey]; !got.IsUnknown() || got.Status != drift.ScanLocked {
				t.Errorf("while the lock is held, the document is %q", got.Status)
			}
			s.mustStatus(s.run(src), drift.ScanLocked) // who asks is told
			s.bucket.remove(vpcKey + ".tflock")
			if err := s.scanner.Upload(t.Context(), "estate", vpcKey+".tflock", true); err != nil {
				t.Fatal(err)
			}
			s.clock.Advance(40 * time.Second)
			s.work(func() {})
			want := []drift.ScanStatus{drift.ScanSucceeded, drift.ScanLocked, drift.ScanSucceeded}
			if diff := cmp.Diff(want, s.outcomes(src)); diff != "" {
				t.Errorf("scans at the end (-want +got):\n%s", diff)
			}
			if got := s.last(src); got.Summary.Counts.Updated == 0 {
				t.Errorf("the scan after the lock changed nothing: %+v", got.Summary.Counts)
			}
		})
	}
}

func TestALockThatStaysIsToldOnceByTheClock(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI, Schedule: "rate(7 days)"})
	s.bucket.put(vpcKey, state(1, "web=small"))
	s.bucket.put(vpcKey+".tflock", lockBody)
	s.upload(vpcKey)
	for range 7 * 60 {
		s.clock.Advance(time.Minute)
		s.work(func() {})
	}
	want := []drift.ScanStatus{drift.ScanSucceeded, drift.ScanLocked}
	if diff := cmp.Diff(want, s.outcomes(src)); diff != "" {
		t.Errorf("scans (-want +got):\n%s", diff)
	}
	if got, want := s.last(src).Actor, "another look at a state that was locked"; got != want {
		t.Errorf("actor %q, want %q", got, want)
	}
}
