package scan_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"plumbline/internal/drift"
	"plumbline/internal/object"
	"plumbline/internal/scan"
	"plumbline/internal/store"
	"plumbline/internal/table"
)

// failing is a table whose writes fail while it is out.
type failing struct {
	table.Table
	out atomic.Pointer[error]
}

func (f *failing) Write(ctx context.Context, ops ...table.Op) error {
	if err := f.out.Load(); err != nil {
		return *err
	}
	return f.Table.Write(ctx, ops...)
}

// mustFail holds the source against how it must be after a scan that has failed by an
// error: in its history, with a reason, and due soon.
func (s *stack) mustFail(src drift.Source, place string) {
	s.t.Helper()
	last := s.last(src)
	if last.Status != drift.ScanFailed || last.Summary.Reason == "" || last.EndedAt.IsZero() {
		s.t.Errorf("%s: the last scan is %s, %q, ended %v", place, last.Status, last.Summary.Reason, last.EndedAt)
	}
	if now := s.reload(src); now.Last == nil || now.Last.Status != drift.ScanFailed || now.Last.ScanID != last.ID {
		s.t.Errorf("%s: the source says %+v of its last scan", place, now.Last)
	}
	lease, err := s.store.Lease(s.t.Context(), src.ID)
	if err != nil || lease.Held(s.clock.Now()) {
		s.t.Errorf("%s: the lease is not free: %+v, %v", place, lease, err)
	}
	due, err := s.store.DueUntil(s.t.Context(), s.clock.Now().Add(time.Minute), 10)
	if err != nil || !anyMark(due) {
		s.t.Errorf("%s: not due within a minute: %+v, %v", place, due, err)
	}
}

func anyMark(due []store.Due) bool {
	for _, d := range due {
		if !d.Scheduled() && !d.IsWatch() {
			return true
		}
	}
	return false
}

func TestAScanThatAnErrorEndsIsInTheHistoryAndDue(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(call, key string) error{
		"storage is busy":  func(string, string) error { return object.ErrBusy },
		"an unknown error": func(string, string) error { return errors.New("what is this") },
		"a panic":          func(string, string) error { panic("a mistake") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStack(t)
			src := s.register(drift.Settings{URI: vpcURI})
			s.bucket.put(vpcKey, state(1, "web=small"))
			s.bucket.fail = fail
			if _, err := s.tryRun(src); err == nil {
				t.Error("no error")
			}
			s.mustFail(src, name)
			// The looks that follow are ever rarer; the first that goes well ends them.
			looks := 0
			for range 10 * 60 {
				s.clock.Advance(time.Second)
				s.work(func() { looks++ })
			}
			if looks < 4 || looks > 8 {
				t.Errorf("%d looks in ten minutes, want some", looks)
			}
			s.bucket.fail = nil
			for range 20 * 60 {
				s.clock.Advance(time.Second)
				s.work(func() { looks++ })
			}
			s.mustStatus(s.last(src), drift.ScanSucceeded)
			before := looks
			for range 60 * 60 {
				s.clock.Advance(time.Second)
				s.work(func() { looks++ })
			}
			if looks != before || !s.reload(src).FailingSince.IsZero() {
				t.Errorf("%d looks after one that went well; failing since %v", looks-before, s.reload(src).FailingSince)
			}
		})
	}
}

func TestACallerThatHangsUpEndsNoScan(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*scan.Request){
		"a pull": func(*scan.Request) {}, "a push": push(pushed(sizes(20, "small")...)),
	} {
		s := newStack(t)
		src := s.register(drift.Settings{URI: vpcURI})
		s.bucket.put(vpcKey, state(1, sizes(20, "small")...))
		for at := 3; at < 12; at++ { // it begins with the second call, which reads the lease
			c := s.clone(t)
			ctx, hangUp := context.WithCancel(t.Context())
			calls := 0
			race := &overtaken{Table: c.counter, call: int64(at), other: func() { calls++; hangUp() }}
			c.wire(race, c.bucket, testKey)
			req := scan.Request{Job: scan.Job{Source: src.Ref(), Trigger: drift.TriggerAPI}}
			change(&req)
			done, err := c.scanner.Run(ctx, req)
			hangUp()
			if calls == 0 {
				t.Fatalf("%s: never hung up at %d", name, at)
			}
			if err != nil || done.Status != drift.ScanSucceeded || c.totals(src).Current < 20 {
				t.Errorf("%s, hung up at call %d: %s, %v", name, at, done.Status, err)
			}
		}
	}
}

func TestAScanWhoseProcessIsKilledEndsInTheHistoryAndRunsAgain(t *testing.T) {
	t.Parallel()
	base := newStack(t)
	src := base.register(drift.Settings{URI: vpcURI, Schedule: "rate(7 days)"})
	base.bucket.put(vpcKey, state(1, sizes(20, "small")...))
	killed(t, base, func(s *stack) { _, _ = s.tryRun(src) }, func(s *stack, place string) {
		lease, err := s.store.Lease(t.Context(), src.ID)
		if err != nil {
			t.Fatal(err)
		}
		s.clock.Advance(2 * time.Minute)
		for range 3 {
			s.work(func() {})
		}
		history := s.history(src)
		if lease.ScanID == (drift.Scan{}).ID { // it never began
			if len(history) != 0 {
				t.Errorf("%s: %d scans", place, len(history))
			}
			return
		}
		if len(history) == 0 || history[len(history)-1].ID != lease.ScanID {
			t.Errorf("%s: the scan is not in the history: %+v", place, history)
			return
		}
		if began := history[len(history)-1]; began.Status == drift.ScanFailed && began.Summary.Reason == "" || began.Status == drift.ScanRunning {
			t.Errorf("%s: it ended %s, %q", place, began.Status, began.Summary.Reason)
		}
		if last := history[0]; last.Status != drift.ScanSucceeded && last.Status != drift.ScanUnchanged || s.totals(src).Current != 22 {
			t.Errorf("%s: the last is %s, totals %+v", place, last.Status, s.totals(src))
		}
	})
}

func TestAScanThatCannotEvenEndIsEndedOnceTheTableIsBack(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	disk := &failing{Table: s.counter}
	s.wire(disk, s.bucket, testKey)
	src := s.register(drift.Settings{URI: vpcURI, Schedule: "rate(7 days)"})
	s.bucket.put(vpcKey, state(1, sizes(20, "small")...))
	full := errors.New("no space left on device")
	s.bucket.fail = func(call, _ string) error {
		if call == "open" {
			disk.out.Store(&full)
		}
		return nil
	}
	if err := s.scanner.Work(t.Context(), scan.Job{Source: src.Ref(), Trigger: drift.TriggerUpload}, time.Time{}); err == nil {
		t.Error("the job has to be tried again")
	}
	s.bucket.fail = nil
	disk.out.Store(nil)
	s.clock.Advance(2 * time.Minute)
	for range 2 {
		s.work(func() {})
	}
	history := s.history(src)
	if len(history) != 2 || history[0].Status != drift.ScanSucceeded || history[1].Status != drift.ScanFailed {
		t.Errorf("history: %s", statuses(history))
	}
}

func statuses(scans []drift.Scan) string {
	var all []string
	for _, s := range scans {
		all = append(all, fmt.Sprintf("%s %q", s.Status, s.Summary.Reason))
	}
	return fmt.Sprint(all)
}

func TestARestThatIsLostIsSentAgainUntilTheScanHasEnded(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI, Schedule: "rate(7 days)"})
	s.bucket.put(vpcKey, state(1, sizes(100, "small")...))
	s.ticking()
	first := s.run(src, func(r *scan.Request) { r.Deadline = s.clock.Now().Add(20 * time.Second) })
	s.mustStatus(first, drift.ScanRunning)
	s.queue.Take() // and lost
	s.clock.Advance(11 * time.Minute)
	s.work(func() {})
	history := s.history(src)
	if len(history) != 1 || history[0].ID != first.ID || history[0].Status != drift.ScanSucceeded {
		t.Errorf("history: %s", statuses(history))
	}
	jobs := 0
	for range 10 {
		s.clock.Advance(time.Hour)
		s.work(func() { jobs++ })
	}
	if jobs > 0 {
		t.Errorf("%d jobs once it has ended", jobs)
	}
}

func TestWhoWaitsTakesOverFromAHolderThatShowsNoSignOfLife(t *testing.T) {
	t.Parallel()
	base := newStack(t)
	src := base.register(drift.Settings{URI: "./pushed"})
	process := &dying{Table: base.counter, call: 8, carried: true}
	base.wire(process, base.bucket, testKey)
	_, _ = base.tryRun(src, push(servers("x=1", "y=1")))
	base.wire(base.counter, base.bucket, testKey)
	if _, err := base.tryRun(src, push(servers("x=2"))); !errors.Is(err, scan.ErrRunning) {
		t.Fatalf("at once: %v, want ErrRunning", err)
	}
	base.clock.Advance(21 * time.Second)
	done := base.run(src, push(servers("x=2")))
	base.mustStatus(done, drift.ScanSucceeded)
	if history := base.history(src); len(history) != 2 || history[1].Status != drift.ScanFailed {
		t.Errorf("history: %s", statuses(history))
	}
}
