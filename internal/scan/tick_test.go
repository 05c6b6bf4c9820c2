package scan_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"plumbline/internal/drift"
	"plumbline/internal/scan"
)

func (s *stack) upload(key string) {
	s.t.Helper()
	if err := s.scanner.Upload(s.t.Context(), "estate", key, false); err != nil {
		s.t.Fatal(err)
	}
}

func TestAScheduleQueuesOnceAndALateTickDoesNotMoveIt(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI, Schedule: "rate(12 hours)"})
	s.bucket.put(vpcKey, state(1, "web=small"))
	first := src.NextDue
	tick := func(after time.Duration, want int) {
		t.Helper()
		s.clock.Advance(after)
		if n, err := s.scanner.Tick(t.Context(), 100); err != nil || n != want || len(s.queue.Take()) != want {
			t.Errorf("%v later: %d jobs, want %d; %v", after, n, want, err)
		}
	}
	tick(11*time.Hour+59*time.Minute, 0)
	tick(6*time.Minute, 1) // five minutes late
	tick(0, 0)
	if got, want := s.reload(src).NextDue, first.Add(12*time.Hour); !got.Equal(want) {
		t.Errorf("next due %v, want %v", got, want)
	}
	tick(5*24*time.Hour, 1) // days late: made up for once
	tick(0, 0)
	if got := s.reload(src).NextDue; !got.After(s.clock.Now()) {
		t.Errorf("next due %v is past", got)
	}
}

func TestASourceThatWasPushedToIsLeftAloneByTheSchedule(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.run(src, push(servers("x=1")))
	s.clock.Advance(13 * time.Hour)
	s.work(func() { t.Error("a scheduled scan of a source that was pushed to") })
	if got := s.reload(src).NextDue; !got.After(s.clock.Now()) {
		t.Errorf("its entry was not advanced: %v", got)
	}
}

func TestABurstBelowAPrefixEndsInOneScan(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	s.register(drift.Settings{URI: "s3://estate/acme/states/**/*.tfstate", Schedule: "rate(7 days)"})
	start, ran := s.clock.Now(), []time.Duration(nil)
	for second := range 400 {
		if second < 300 && second%10 == 0 {
			s.bucket.put("acme/states/a.tfstate", state(second+1, "web=small"))
			s.upload("acme/states/a.tfstate")
			s.upload("acme/states/readme.md")
		}
		s.work(func() { ran = append(ran, s.clock.Now().Sub(start)) })
		s.clock.Advance(time.Second)
	}
	if len(ran) != 1 || ran[0] != 5*time.Minute {
		t.Errorf("scanned at %v, want once after 5 minutes", ran)
	}
	ran = nil
	start = s.clock.Now()
	for second := range 60 {
		if second < 20 {
			s.upload("acme/states/a.tfstate")
		}
		s.work(func() { ran = append(ran, s.clock.Now().Sub(start)) })
		s.clock.Advance(time.Second)
	}
	if len(ran) != 1 || ran[0] != 49*time.Second {
		t.Errorf("scanned at %v, want once, 30 s after the last change", ran)
	}
}

// busy holds the source's lease while the work is done.
func (s *stack) busy(src drift.Source, work func()) {
	s.t.Helper()
	reached, release := make(chan struct{}), make(chan struct{})
	once := false
	s.bucket.fail = func(call, _ string) error {
		if call == "open" && !once {
			once = true
			close(reached)
			<-release
		}
		return nil
	}
	ended := make(chan error, 1)
	go func() { _, err := s.tryRun(src, full); ended <- err }()
	<-reached
	work()
	close(release)
	if err := <-ended; err != nil {
		s.t.Error(err)
	}
	s.bucket.fail = nil
}

func (s *stack) history(src drift.Source) []drift.Scan {
	s.t.Helper()
	scans, _, err := s.store.Scans(s.t.Context(), src.ID, "", 100)
	if err != nil {
		s.t.Fatal(err)
	}
	return scans
}

func TestTriggersDuringAScanLeadToOneMore(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI, Schedule: "rate(7 days)"})
	s.bucket.put(vpcKey, state(1, "web=small"))
	s.busy(src, func() {
		for i := range 6 {
			s.bucket.put(vpcKey, state(2+i, "web=large"))
			s.upload(vpcKey)
			s.work(func() {})
			if got := s.run(src); got.Status != drift.ScanRunning {
				t.Errorf("status %s, want running", got.Status)
			}
		}
	})
	if got := s.history(src); len(got) != 2 || s.size("web") != `"large"` {
		t.Errorf("%d scans, want 2; web is %s", len(got), s.size("web"))
	}
	// The due entries behind the marks end in a scan each, and no more than that.
	jobs := 0
	for range 60 {
		s.clock.Advance(time.Minute)
		s.work(func() { jobs++ })
	}
	if jobs == 0 || jobs > 2 {
		t.Errorf("%d jobs after the marks, want one for each kind of trigger", jobs)
	}
}

func TestNoTriggerTakesThePlaceOfAnother(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI, Schedule: "rate(7 days)"})
	s.bucket.put(vpcKey, state(1, "web=small"))
	s.busy(src, func() {
		s.run(src, full)
		s.run(src, func(r *scan.Request) { r.Trigger = drift.TriggerUpload })
	})
	last := s.history(src)[0]
	if last.Trigger != drift.TriggerAPI || last.Status != drift.ScanSucceeded { // unchanged if it were not full
		t.Errorf("one more scan: trigger %s, %s", last.Trigger, last.Status)
	}
}

func TestAPushAndAForceWaitForAScanInVain(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, state(1, "web=small"))
	s.busy(src, func() {
		for name, change := range map[string]func(*scan.Request){"push": push(servers("x=1")), "force": forced(drift.Scan{ID: src.ID})} {
			if _, err := s.tryRun(src, change); !errors.Is(err, scan.ErrRunning) {
				t.Errorf("%s: %v, want ErrRunning", name, err)
			}
		}
	})
}

func TestAnObjectThatIsReplacedWhileItIsReadIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	opened := 0
	s.bucket.put(vpcKey, state(1, "web=v1"))
	s.bucket.fail = func(call, key string) error {
		if call == "open" && key == vpcKey {
			if opened++; opened <= 2 {
				s.bucket.put(vpcKey, state(1+opened, "web=v2", "db=v2"))
			}
		}
		return nil
	}
	got := s.run(src)
	if c := got.Summary.Counts; got.Status != drift.ScanSucceeded || c.Declared != 4 || c.Created != 4 || s.size("web") != `"v2"` {
		t.Errorf("%s %q %+v", got.Status, got.Summary.Reason, c)
	}
	s.bucket.fail = func(call, key string) error {
		if call == "open" && key == vpcKey {
			opened++
			s.bucket.put(vpcKey, state(opened, "web=v3"))
		}
		return nil
	}
	s.bucket.put(vpcKey, state(opened, "web=v3"))
	got = s.run(src)
	if s.mustStatus(got, drift.ScanFailed); !strings.Contains(got.Summary.Reason, "replaced again and again") {
		t.Errorf("reason %q", got.Summary.Reason)
	}
}

func TestADryRunPastItsDeadlineIsAnError(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, state(1, sizes(100, "small")...))
	s.ticking()
	_, err := s.tryRun(src, func(r *scan.Request) { r.DryRun, r.Deadline = true, s.clock.Now().Add(10*time.Second) })
	if !errors.Is(err, scan.ErrUnfinished) {
		t.Errorf("error %v, want ErrUnfinished", err)
	}
}
