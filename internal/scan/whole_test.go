package scan_test

import (
	"strings"
	"testing"
	"time"

	"plumbline/internal/drift"
	"plumbline/internal/object"
	"plumbline/internal/scan"
)

func TestAPrefixIsOneDocument(t *testing.T) {
	t.Parallel()
	s, src := estate(t)
	s.bucket.put("acme/live/a.yaml", "dev/vpc=1\ndev/eks=1")
	s.bucket.put("acme/live/deep/b.yaml", "prod/vpc=1")
	s.bucket.put("acme/live2/c.yaml", "elsewhere=1")

	first := s.run(src)
	s.mustStatus(first, drift.ScanSucceeded)
	if first.Summary.Counts.Created != 3 || first.Summary.Documents[drift.ScanSucceeded] != 1 {
		t.Errorf("first: %+v, documents %v", first.Summary.Counts, first.Summary.Documents)
	}
	if got, want := s.snapshot(src), "dev/vpc \"1\"\ndev/eks \"1\"\nprod/vpc \"1\"\n"; got != want {
		t.Errorf("snapshot %q, want %q", got, want)
	}
	s.mustStatus(s.run(src), drift.ScanUnchanged)

	s.bucket.put("acme/live/deep/b.yaml", "prod/vpc=2")
	second := s.run(src)
	if second.Summary.Counts.Updated != 1 || second.Summary.Counts.Unchanged != 2 {
		t.Errorf("second: %+v", second.Summary.Counts)
	}
	if got := s.snapshot(src); !strings.Contains(got, `prod/vpc "2"`) {
		t.Errorf("snapshot after a change: %q", got)
	}

	s.bucket.remove("acme/live/deep/b.yaml")
	if third := s.run(src); third.Summary.Counts.Missing != 1 {
		t.Errorf("a file that is gone: %+v", third.Summary.Counts)
	}
}

func TestWhatABrokenFileDeclaredIsNeitherChangedNorGone(t *testing.T) {
	t.Parallel()
	s, src := estate(t)
	s.bucket.put("acme/live/a.yaml", "dev/vpc=1\ndev/eks=1")
	s.bucket.put("acme/live/b.yaml", "prod/vpc=1\nprod/eks=1")
	s.mustStatus(s.run(src), drift.ScanSucceeded)

	s.bucket.put("acme/live/a.yaml", "! dev/vpc=1")
	s.bucket.put("acme/live/b.yaml", "prod/vpc=2")
	broken := s.run(src)
	s.mustStatus(broken, drift.ScanPartial)
	c := broken.Summary.Counts
	if c.Updated != 1 || c.Missing != 1 || c.Failed != 1 || broken.Summary.Missing[0].Name != "prod/eks" {
		t.Errorf("with a broken file: %+v, missing %v", c, broken.Summary.Missing)
	}
	if f := broken.Summary.Failed[0]; f.Place != "a.yaml:1" || f.Reason != "broken" {
		t.Errorf("failed: %+v", f)
	}
	if got := s.totals(src); got.Current != 3 || got.Missing != 1 {
		t.Errorf("totals %+v", got)
	}
	// The same bytes are read again: not everything in them was used.
	s.mustStatus(s.run(src), drift.ScanPartial)

	s.bucket.put("acme/live/a.yaml", "dev/vpc=1")
	if mended := s.run(src); mended.Summary.Counts.Missing != 1 || mended.Summary.Missing[0].Name != "dev/eks" {
		t.Errorf("mended: %+v", mended.Summary.Counts)
	}
}

func TestABrokenFileIsNoMassLoss(t *testing.T) {
	t.Parallel()
	s, src := estate(t)
	s.bucket.put("acme/live/a.yaml", "a1=1\na2=1\na3=1\na4=1\na5=1\na6=1\na7=1\na8=1\na9=1")
	s.bucket.put("acme/live/b.yaml", "b1=1\nb2=1")
	s.run(src)
	s.bucket.put("acme/live/a.yaml", "!")
	s.mustStatus(s.run(src), drift.ScanPartial)
	s.bucket.remove("acme/live/a.yaml")
	s.mustStatus(s.run(src), drift.ScanHeld)
}

func TestAnEstateThatIsGoneIsHeld(t *testing.T) {
	t.Parallel()
	s, src := estate(t)
	s.mustStatus(s.run(src), drift.ScanFailed) // nothing there yet
	s.bucket.put("acme/live/a.yaml", "dev/vpc=1")
	s.run(src)
	s.bucket.remove("acme/live/a.yaml")
	held := s.run(src)
	s.mustStatus(held, drift.ScanHeld)
	released := s.run(src, func(r *scan.Request) { r.Force = held.ID })
	if s.mustStatus(released, drift.ScanSucceeded); released.Summary.Counts.Missing != 1 {
		t.Errorf("released: %+v", released.Summary.Counts)
	}
	if again := s.run(src); again.Status != drift.ScanUnchanged || len(again.Summary.Warnings) != 1 {
		t.Errorf("what was accepted as gone is told again: %s %+v", again.Status, again.Summary)
	}
	s.bucket.put("acme/live/a.yaml", "dev/vpc=1")
	s.mustStatus(s.run(src), drift.ScanSucceeded)
}

func TestAnEstateThatIsWrittenToWhileItIsReadIsReadAnew(t *testing.T) {
	t.Parallel()
	for name, interrupt := range map[string]func(s *stack){
		"a file replaced": func(s *stack) { s.bucket.put("acme/live/b.yaml", "b=2") },
		"a file added":    func(s *stack) { s.bucket.put("acme/live/c.yaml", "c=2") },
		"a file removed":  func(s *stack) { s.bucket.remove("acme/live/b.yaml") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, src := estate(t)
			s.bucket.put("acme/live/a.yaml", "a=1")
			s.bucket.put("acme/live/b.yaml", "b=1")
			done := false
			s.bucket.fail = func(call, key string) error {
				if call == "open" && key == "acme/live/a.yaml" && !done {
					done = true
					interrupt(s)
				}
				return nil
			}
			got := s.run(src)
			s.mustStatus(got, drift.ScanSucceeded)
			s.bucket.fail = nil
			s.mustStatus(s.run(src), drift.ScanUnchanged) // what was read is what is there
			if _, lost := got.Summary.Documents[drift.ScanFailed]; lost {
				t.Errorf("documents %v", got.Summary.Documents)
			}
		})
	}
}

func TestAnEstateIsReadOnceItIsStill(t *testing.T) {
	t.Parallel()
	s, src := estate(t)
	s.scanner.Settle, s.scanner.PushWait = 5*time.Millisecond, time.Second
	s.bucket.put("acme/live/a.yaml", "a=1")
	s.bucket.written(s.clock.Now())
	uploads := 0
	s.bucket.fail = func(call, key string) error {
		if call == "list" && uploads < 3 { // an upload that goes on between the listings
			uploads++
			s.bucket.put("acme/live/"+strings.Repeat("b", uploads)+".yaml", strings.Repeat("b", uploads)+"=1")
		}
		return nil
	}
	got := s.run(src)
	if s.mustStatus(got, drift.ScanSucceeded); got.Summary.Counts.Created != 4 {
		t.Errorf("%+v", got.Summary.Counts)
	}
}

func TestAnEstateThatIsNeverStillIsScannedLater(t *testing.T) {
	t.Parallel()
	s, src := estate(t)
	s.scanner.Settle, s.scanner.PushWait = time.Millisecond, 10*time.Millisecond
	s.bucket.put("acme/live/a.yaml", "a=1")
	s.bucket.written(s.clock.Now())
	n := 0
	s.bucket.fail = func(call, _ string) error {
		if n++; call == "list" {
			s.bucket.put("acme/live/a.yaml", "a="+strings.Repeat("1", n))
		}
		return nil
	}
	got := s.run(src)
	if s.mustStatus(got, drift.ScanFailed); !strings.Contains(got.Summary.Reason, "still being written to") {
		t.Errorf("reason %q", got.Summary.Reason)
	}
	s.bucket.fail = nil
	s.clock.Advance(31 * time.Second)
	ran := 0
	s.work(func() { ran++ })
	if ran != 1 || s.last(src).Status != drift.ScanSucceeded {
		t.Errorf("%d scans later, the last %s", ran, s.last(src).Status)
	}
}

func TestTheScheduleLeavesAnEstateThatIsBeingUploadedAlone(t *testing.T) {
	t.Parallel()
	s, src := estate(t)
	s.bucket.put("acme/live/a.yaml", "a=1")
	s.clock.Advance(12*time.Hour - time.Second)
	s.upload("acme/live/a.yaml")
	s.clock.Advance(2 * time.Second)
	s.work(func() { t.Error("a scheduled scan in the midst of an upload") })
	s.clock.Advance(30 * time.Second)
	ran := 0
	s.work(func() { ran++ })
	if ran != 1 || s.last(src).Trigger != drift.TriggerUpload {
		t.Errorf("%d scans, the last by %s", ran, s.last(src).Trigger)
	}
}

func TestAnObjectThatMayNotBeReadFailsTheEstateAndIsNamed(t *testing.T) {
	t.Parallel()
	s, src := estate(t)
	s.bucket.put("acme/live/a.yaml", "a=1")
	s.bucket.put("acme/live/b.yaml", "b=1")
	s.run(src)
	s.bucket.put("acme/live/b.yaml", "b=2")
	s.bucket.fail = func(call, key string) error {
		if call == "open" && strings.HasSuffix(key, "b.yaml") {
			return object.ErrDenied
		}
		return nil
	}
	got := s.run(src)
	if s.mustStatus(got, drift.ScanFailed); !strings.Contains(got.Summary.Reason, "b.yaml") {
		t.Errorf("reason %q", got.Summary.Reason)
	}
	if s.totals(src).Current != 2 {
		t.Errorf("totals %+v", s.totals(src))
	}
}

func TestAnEstateHasALimit(t *testing.T) {
	t.Parallel()
	s, src := estate(t)
	s.scanner.MaxDocument = 5
	s.bucket.put("acme/live/a.yaml", "a=1")
	s.bucket.put("acme/live/b.yaml", "b=1")
	got := s.run(src)
	if s.mustStatus(got, drift.ScanFailed); !strings.Contains(got.Summary.Reason, "too big: more than 5 bytes") {
		t.Errorf("reason %q", got.Summary.Reason)
	}
}
