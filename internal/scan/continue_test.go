package scan_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"plumbline/internal/drift"
	"plumbline/internal/scan"
)

// ticking makes the scanner's clock go on by a second at each look.
func (s *stack) ticking() {
	s.scanner.Now = func() time.Time {
		s.clock.Advance(time.Second)
		return s.clock.Now()
	}
}

// inParts runs a scan whose every part stops after a while, and gives the scan as it
// ended and the number of its parts.
func (s *stack) inParts(src drift.Source, change ...func(*scan.Request)) (drift.Scan, int) {
	s.t.Helper()
	s.ticking()
	const part = 40 * time.Second
	done := s.run(src, append(change, func(r *scan.Request) { r.Deadline = s.clock.Now().Add(part) })...)
	parts := 1
	for id := done.ID; done.Status == drift.ScanRunning; parts++ {
		lease, err := s.store.Lease(s.t.Context(), src.ID)
		if err != nil || lease.Held(s.clock.Now()) {
			s.t.Fatalf("the lease is not free between the parts: %v", err)
		}
		s.consistent()
		jobs := s.queue.Take()
		if len(jobs) != 1 || jobs[0].ScanID != id {
			s.t.Fatalf("jobs %+v, want one that continues scan %s", jobs, id)
		}
		if err := s.scanner.Work(s.t.Context(), jobs[0], s.clock.Now().Add(part)); err != nil {
			s.t.Fatalf("part %d: %v", parts, err)
		}
		if done, err = s.store.Scan(s.t.Context(), src.ID, id); err != nil {
			s.t.Fatal(err)
		}
		if parts > 100 {
			s.t.Fatal("no end of parts")
		}
	}
	return done, parts
}

// rough leaves out of a scan what differs from one time to another.
func rough(scan drift.Scan) drift.Summary {
	sum := scan.Summary
	sum.ItemsRead, sum.ItemsWritten, sum.Proposals = 0, 0, nil
	names := func(list []drift.Name) (rest []drift.Name) {
		for _, n := range list {
			rest = append(rest, drift.Name{EntityType: n.EntityType, Name: n.Name})
		}
		return rest
	}
	sum.Created, sum.Updated, sum.Proposed = names(sum.Created), names(sum.Updated), names(sum.Proposed)
	sum.Missing, sum.Removed = names(sum.Missing), names(sum.Removed)
	sum.Deltas.Added, sum.Deltas.Changed, sum.Deltas.Removed = names(sum.Deltas.Added), names(sum.Deltas.Changed), names(sum.Deltas.Removed)
	return sum
}

func TestAScanInPartsEndsAsOneThatWasNotDisturbed(t *testing.T) {
	t.Parallel()
	for _, policy := range []drift.Policy{drift.AutoUpdate, drift.HumanApproval} {
		for _, prune := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s prune %v", policy, prune), func(t *testing.T) {
				t.Parallel()
				var sums [2][]drift.Summary
				for i := range 2 {
					s := newStack(t)
					scanOne := func(src drift.Source) drift.Scan { return s.run(src) }
					if i == 1 {
						scanOne = func(src drift.Source) drift.Scan {
							done, parts := s.inParts(src)
							if parts < 3 {
								t.Errorf("parts: %d, want some", parts)
							}
							return done
						}
					}
					src := s.register(drift.Settings{URI: "s3://estate/acme/states/", Policy: policy, Prune: prune})
					for _, key := range []string{"a", "b", "c"} {
						s.bucket.put("acme/states/"+key+".tfstate", state(1, sizes(60, "small")...))
					}
					sums[i] = append(sums[i], rough(scanOne(src)))
					for n, key := range []string{"a", "b", "c"} {
						all := append(sizes(40, "large"), sizes(60, "small")[40+n:56]...)
						s.bucket.put("acme/states/"+key+".tfstate", state(2, append(all, "new=small")...))
					}
					sums[i] = append(sums[i], rough(scanOne(src)))
				}
				if diff := cmp.Diff(sums[0], sums[1], cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("summaries (-at once +in parts):\n%s", diff)
				}
			})
		}
	}
}

func TestTheRestOfAForcedScanIsNotHeld(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, stateOf("l-1", 1, sizes(120, "small")...))
	s.run(src)
	s.bucket.put(vpcKey, stateOf("l-2", 1, sizes(90, "large")...))
	held := s.run(src)
	s.mustStatus(held, drift.ScanHeld)
	done, parts := s.inParts(src, forced(held))
	s.mustStatus(done, drift.ScanSucceeded)
	if c := done.Summary.Counts; parts < 3 || c.Updated != 91 || c.Missing != 30 {
		t.Errorf("%d parts, counts %+v", parts, c)
	}
}

func TestAJobThatIsDeliveredTwiceContinuesAScanOnce(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, state(1, sizes(60, "small")...))
	s.ticking()
	first := s.run(src, func(r *scan.Request) { r.Deadline = s.clock.Now().Add(20 * time.Second) })
	job := s.queue.Take()[0]
	for range 2 {
		if err := s.scanner.Work(t.Context(), job, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	scans, _, err := s.store.Scans(t.Context(), src.ID, "", 10)
	if err != nil || len(scans) != 1 || scans[0].ID != first.ID || scans[0].Status != drift.ScanSucceeded {
		t.Errorf("scans: %+v, %v", scans, err)
	}
}

func TestAPushThatIsNotDoneInTimeIsSentAgain(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.ticking()
	items := pushed(sizes(200, "small")...)
	_, err := s.tryRun(src, push(items), func(r *scan.Request) { r.Deadline = s.clock.Now().Add(20 * time.Second) })
	if err == nil || len(s.queue.Take()) != 0 {
		t.Fatalf("error %v; nothing may be queued", err)
	}
	if got := s.run(src, push(items)).Summary.Counts; got.Created+got.Unchanged != 200 || got.Unchanged == 0 {
		t.Errorf("sent again: %+v", got)
	}
}

func TestTheRestOfAScanIsGivenUpOnceTheSourceWasPushedTo(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, state(1, sizes(100, "small")...))
	s.ticking()
	first := s.run(src, func(r *scan.Request) { r.Trigger, r.Deadline = drift.TriggerUpload, s.clock.Now().Add(20*time.Second) })
	jobs := s.queue.Take()
	s.run(src, push(pushed(sizes(100, "large")...)))
	before := s.totals(src)
	if err := s.scanner.Work(t.Context(), jobs[0], time.Time{}); err != nil {
		t.Fatal(err)
	}
	ended, err := s.store.Scan(t.Context(), src.ID, first.ID)
	if err != nil || ended.Status != drift.ScanFailed || ended.Summary.Reason == "" {
		t.Errorf("the rest: %s %q, %v", ended.Status, ended.Summary.Reason, err)
	}
	if got := s.totals(src); got != before {
		t.Errorf("totals %+v, before %+v", got, before)
	}
}
