package queue_test

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/local/queue"
	"plumbline/internal/scan"
)

// asItIs copies the queue's file, as a process that ends now would leave it.
func asItIs(t *testing.T, from string) (to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Error(err)
	}
	to = filepath.Join(t.TempDir(), "jobs.db")
	if err := os.WriteFile(to, text, 0o600); err != nil {
		t.Error(err)
	}
	return to
}

func TestAJobThatEndsItsProcessIsTriedOnceMoreAloneAndThenParked(t *testing.T) {
	t.Parallel()
	first := file(t)
	q := open(t, first, queue.Config{Workers: 1})
	send(t, q, job(1, "deadly"), job(2, "b"), job(3, "c"))
	second := ""
	run(t, q, func(_ context.Context, j scan.Job) error {
		if j.Actor == "deadly" {
			second = asItIs(t, first)
		}
		return nil
	})

	var mu sync.Mutex
	var third string
	var under []string // the jobs under work, in the order of their beginnings and ends
	note := func(text string) {
		mu.Lock()
		defer mu.Unlock()
		under = append(under, text)
	}
	run(t, open(t, second, queue.Config{}), func(_ context.Context, j scan.Job) error {
		if j.Actor == "deadly" {
			note("begins")
			third = asItIs(t, second)
			note("ends")
		}
		if j.Actor != "deadly" {
			note(j.Actor)
		}
		return nil
	})
	if len(under) != 4 || under[0] != "begins" || under[1] != "ends" {
		t.Errorf("under work: %v, want the deadly one alone", under)
	}

	var worked, parked []string
	q = open(t, third, queue.Config{Park: func(_ context.Context, j scan.Job) error {
		parked = append(parked, j.Actor)
		return nil
	}})
	run(t, q, func(_ context.Context, j scan.Job) error {
		mu.Lock()
		defer mu.Unlock()
		worked = append(worked, j.Actor)
		return nil
	})
	if diff := cmp.Diff([]string{"deadly"}, parked); diff != "" || len(worked) != 2 {
		t.Errorf("parked (-want +got):\n%s\nworked %v", diff, worked)
	}
	_ = q.Close()
	if left := open(t, third, queue.Config{}).Waiting(); len(left) != 0 {
		t.Errorf("left on the disk: %v", left)
	}
}

func TestAJobThatMadeProgressDidNotEndItsProcess(t *testing.T) {
	t.Parallel()
	path := file(t)
	q := open(t, path, queue.Config{Workers: 1})
	send(t, q, job(1, "long"))
	for n := range 5 {
		next := ""
		q := q
		if n > 0 {
			q = open(t, path, queue.Config{
				Progress: func(context.Context, scan.Job) (uint64, error) { return uint64(n), nil },
				Park:     func(context.Context, scan.Job) error { t.Error("it is parked"); return nil },
			})
		}
		run(t, q, func(context.Context, scan.Job) error { next = asItIs(t, path); return nil })
		_ = q.Close()
		path = next
	}
}

func TestAJobThatFailsOrIsCutShortDidNotEndItsProcess(t *testing.T) {
	t.Parallel()
	path := file(t)
	q := open(t, path, queue.Config{Workers: 1, Grace: 1})
	send(t, q, job(1, "cut short"))
	ctx, stop := context.WithCancel(t.Context())
	_ = q.Run(ctx, func(working context.Context, _ scan.Job) error {
		stop()
		<-working.Done()
		return working.Err()
	})
	_ = q.Close()
	for range 3 {
		q := open(t, path, queue.Config{Grace: 1, Park: func(context.Context, scan.Job) error {
			t.Error("it is parked")
			return nil
		}})
		ctx, stop := context.WithCancel(t.Context())
		_ = q.Run(ctx, func(working context.Context, _ scan.Job) error {
			stop()
			<-working.Done()
			return working.Err()
		})
		_ = q.Close()
	}
}
