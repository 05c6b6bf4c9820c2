package queue_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/local/queue"
	"plumbline/internal/scan"
)

func open(t *testing.T, path string, c queue.Config) *queue.Queue {
	t.Helper()
	q, err := queue.Open(path, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = q.Close() })
	return q
}

func file(t *testing.T) string { return filepath.Join(t.TempDir(), "jobs.db") }

func job(source int, actor string) scan.Job {
	ref := drift.SourceRef{Organisation: "acme", Project: "shop", ProjectID: uuid.NameSpaceDNS, ID: uuid.NewSHA1(uuid.Nil, []byte{byte(source)})}
	return scan.Job{Source: ref, Trigger: drift.TriggerUpload, Actor: actor, ScanID: uuid.NameSpaceOID, Force: uuid.NameSpaceURL, Full: true}
}

func send(t *testing.T, q *queue.Queue, jobs ...scan.Job) {
	t.Helper()
	for _, j := range jobs {
		if err := q.Send(t.Context(), j); err != nil {
			t.Fatal(err)
		}
	}
}

// run works jobs until the queue is idle.
func run(t *testing.T, q *queue.Queue, work func(context.Context, scan.Job) error) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := q.Run(ctx, work); err != nil {
			t.Error(err)
		}
	}()
	for !q.Idle() {
		time.Sleep(time.Millisecond)
	}
	stop()
	<-ended
}

func TestJobsOfOneSourceAreWorkedOneAfterTheOther(t *testing.T) {
	t.Parallel()
	q := open(t, file(t), queue.Config{})
	for i := range 40 {
		send(t, q, job(i%3, string(rune('a'+i))))
	}
	var mu sync.Mutex
	busy, worked := map[uuid.UUID]bool{}, map[uuid.UUID]string{}
	run(t, q, func(_ context.Context, j scan.Job) error {
		mu.Lock()
		if busy[j.Source.ID] {
			t.Errorf("two jobs of source %s at one time", j.Source.ID)
		}
		busy[j.Source.ID] = true
		worked[j.Source.ID] += j.Actor
		mu.Unlock()
		time.Sleep(time.Millisecond)
		mu.Lock()
		defer mu.Unlock()
		busy[j.Source.ID] = false
		return nil
	})
	want := map[uuid.UUID]string{}
	for i := range 40 {
		want[job(i%3, "").Source.ID] += string(rune('a' + i))
	}
	if diff := cmp.Diff(want, worked); diff != "" {
		t.Errorf("jobs in their order (-want +got):\n%s", diff)
	}
}

func TestTheSameJobWaitsOnce(t *testing.T) {
	t.Parallel()
	q := open(t, file(t), queue.Config{})
	send(t, q, job(1, "a"), job(1, "a"), job(1, "b"), job(1, "a"))
	if diff := cmp.Diff([]scan.Job{job(1, "a"), job(1, "b")}, q.Waiting()); diff != "" {
		t.Errorf("waiting (-want +got):\n%s", diff)
	}
	// One that is under way has read what there was: it counts for nothing.
	var count atomic.Int32
	run(t, q, func(_ context.Context, j scan.Job) error {
		if count.Add(1) == 1 {
			send(t, q, j)
		}
		return nil
	})
	if count.Load() != 3 {
		t.Errorf("%d jobs worked, want 3", count.Load())
	}
}

func TestAJobThatFailsIsTriedAgainAndThenGivenUp(t *testing.T) {
	t.Parallel()
	var lines bytes.Buffer
	path := file(t)
	q := open(t, path, queue.Config{Tries: 3, Backoff: time.Millisecond, Log: slog.New(slog.NewTextHandler(&lines, nil))})
	send(t, q, job(1, "poisoned"), job(2, "shaken"))
	var mu sync.Mutex
	tries := map[string]int{}
	run(t, q, func(_ context.Context, j scan.Job) error {
		mu.Lock()
		defer mu.Unlock()
		if tries[j.Actor]++; j.Actor == "shaken" && tries[j.Actor] == 2 {
			return nil
		}
		if tries[j.Actor] == 1 {
			panic("no luck")
		}
		return errors.New("no luck")
	})
	if diff := cmp.Diff(map[string]int{"poisoned": 3, "shaken": 2}, tries); diff != "" {
		t.Errorf("tries (-want +got):\n%s", diff)
	}
	if got := strings.Count(lines.String(), `msg="job given up"`); got != 1 {
		t.Errorf("%d jobs given up in the log, want 1:\n%s", got, &lines)
	}
	_ = q.Close()
	if left := open(t, path, queue.Config{}).Waiting(); len(left) != 0 {
		t.Errorf("left on the disk: %v", left)
	}
}

func TestWhatWasNotWorkedWaitsInTheNextProcess(t *testing.T) {
	t.Parallel()
	path := file(t)
	q := open(t, path, queue.Config{Workers: 1, Grace: time.Millisecond})
	send(t, q, job(1, "done"), job(2, "cut short"), job(3, "never begun"))
	ctx, stop := context.WithCancel(t.Context())
	q.Run(ctx, func(working context.Context, j scan.Job) error {
		if j.Actor == "done" {
			return nil
		}
		stop()
		<-working.Done()
		return working.Err()
	})
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	if err := q.Send(t.Context(), job(1, "late")); !errors.Is(err, queue.ErrClosed) {
		t.Errorf("send after close: %v, want ErrClosed", err)
	}
	if diff := cmp.Diff([]scan.Job{job(2, "cut short"), job(3, "never begun")}, open(t, path, queue.Config{}).Waiting()); diff != "" {
		t.Errorf("waiting (-want +got):\n%s", diff)
	}
}

func TestAJobUnderWayMayEndWhenTheQueueStops(t *testing.T) {
	t.Parallel()
	path := file(t)
	q := open(t, path, queue.Config{Grace: time.Minute})
	send(t, q, job(1, "a"))
	ctx, stop := context.WithCancel(t.Context())
	q.Run(ctx, func(working context.Context, _ scan.Job) error {
		stop()
		time.Sleep(10 * time.Millisecond)
		return working.Err()
	})
	_ = q.Close()
	if left := open(t, path, queue.Config{}).Waiting(); len(left) != 0 {
		t.Errorf("left on the disk: %v", left)
	}
}

func TestAJobIsTriedOnUntilItIsNotedWhatItWasFor(t *testing.T) {
	t.Parallel()
	noted, tries := 0, 0
	q := open(t, file(t), queue.Config{Tries: 2, Backoff: time.Millisecond, GiveUp: func(context.Context, scan.Job) error {
		if noted++; noted < 3 {
			return errors.New("the disk is full")
		}
		return nil
	}})
	send(t, q, job(1, "a"))
	run(t, q, func(context.Context, scan.Job) error { tries++; return errors.New("the disk is full") })
	if tries != 4 || noted != 3 {
		t.Errorf("%d tries, noted at the %dth time; want 4 and 3", tries, noted)
	}
}
