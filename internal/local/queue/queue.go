// Package queue is the job queue of the local stack: what SQS is in the cloud, on a
// file of the local disk.
//
// Its one invariant: a job that Send has accepted is worked at least once, also when
// the process is killed in between, and no two jobs of one source are worked at one
// time. A job that keeps failing is given up once it is noted what it was for. One that was
// under work when the process ended is tried once more alone, and parked when that ends
// the process, too, and nothing was done.
//
// Start at [Open] and [Queue.Run].
package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/scan"
)

// Config says how jobs are worked; the zero value of a field stands for its default.
type Config struct {
	// Workers work jobs of different sources at one time; 4.
	Workers int
	// Tries is how often a job is tried; 6.
	Tries int
	// Backoff is the wait before the second try, doubled before each later one; 1 s.
	Backoff time.Duration
	// GiveUp is called for a job that has been tried that often, to note what it was for:
	// where it fails, as on a full disk, the job is tried on. Nil notes nothing.
	GiveUp func(ctx context.Context, job scan.Job) error
	// Grace is how long jobs under way may go on when the queue stops; 8 s.
	Grace time.Duration
	// Expected: the queue was there before, so that a file which is missing or empty is
	// an error, rather than made.
	Expected bool
	// Progress tells how far the work on a job has come, in a number that changes with it:
	// a process that ended after some of the work was not ended by it. nil for no progress.
	Progress func(context.Context, scan.Job) (uint64, error)
	// Park ends a job that has ended the process twice, the second time while it was alone;
	// nil drops it.
	Park func(context.Context, scan.Job) error
	// Log takes the jobs that fail; nothing is logged by default.
	Log *slog.Logger
}

// Queue keeps jobs in the order in which they were sent, and gives them to the
// organisations by turns: the backlog of one holds up no other. Safe for concurrent use.
type Queue struct {
	config Config
	file   *file

	mu      sync.Mutex
	changed *sync.Cond
	waiting []task
	known   map[scan.Job]bool    // the jobs in waiting and asleep
	busy    map[uuid.UUID]string // organisations by their sources under work
	asleep  int                  // tasks between two tries
	alone   bool                 // what is under work is so alone
	stopped bool
}

// task is a job with its place in the file.
type task struct {
	scan.Job
	place uint64
	tries int
	// deaths is how many processes ended while the job was under work, without progress
	// since mark.
	deaths int
	mark   uint64
}

// ErrClosed says that the queue takes no more jobs.
var ErrClosed = errors.New("queue is closed")

// Open opens the queue in the file at path, or makes it; jobs that an earlier process
// left undone wait again. The caller closes the queue.
func Open(path string, config Config) (*Queue, error) {
	file, tasks, err := openFile(path, config.Expected)
	if err != nil {
		return nil, fmt.Errorf("open queue %s: %w", path, err)
	}
	q := &Queue{config: config.withDefaults(), file: file, waiting: tasks, known: map[scan.Job]bool{}, busy: map[uuid.UUID]string{}}
	q.changed = sync.NewCond(&q.mu)
	for _, t := range tasks {
		q.known[t.Job] = true
	}
	return q, nil
}

func (c Config) withDefaults() Config {
	if c.Workers == 0 {
		c.Workers = 4
	}
	if c.Tries == 0 {
		c.Tries = 6
	}
	if c.Backoff == 0 {
		c.Backoff = time.Second
	}
	if c.Grace == 0 {
		c.Grace = 8 * time.Second
	}
	if c.GiveUp == nil {
		c.GiveUp = func(context.Context, scan.Job) error { return nil }
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// Close lets go of the file. Jobs that wait are kept in it.
func (q *Queue) Close() error {
	q.mu.Lock()
	q.stopped = true
	q.mu.Unlock()
	return q.file.close()
}

// Send implements [scan.Queue]. The job is on the disk when it returns; one that is
// the same as a job that still waits is that job.
func (q *Queue) Send(_ context.Context, job scan.Job) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.stopped:
		return ErrClosed
	case q.known[job]:
		return nil
	}
	place, err := q.file.add(job)
	if err != nil {
		return fmt.Errorf("send job of source %s: %w", job.Source.ID, err)
	}
	q.known[job] = true
	q.waiting = append(q.waiting, task{Job: job, place: place})
	q.changed.Broadcast()
	return nil
}

// Waiting lists the jobs that nobody works yet, in their order.
func (q *Queue) Waiting() []scan.Job {
	q.mu.Lock()
	defer q.mu.Unlock()
	jobs := make([]scan.Job, len(q.waiting))
	for i, t := range q.waiting {
		jobs[i] = t.Job
	}
	return jobs
}

// Idle reports whether there is no job at all, waiting, under way or to be tried
// again.
func (q *Queue) Idle() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting) == 0 && len(q.busy) == 0 && q.asleep == 0
}

// take gives the oldest job of the organisation that has the fewest under work, of a
// source that is not busy, and makes it so. It waits for one; ok is false when the queue stops. A job that has ended a process is given only
// while there is no other under work, and until it ends no other is given.
func (q *Queue) take(ctx context.Context) (next task, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		if ctx.Err() != nil || q.stopped {
			return task{}, false
		}
		if i := q.next(); i >= 0 {
			next = q.waiting[i]
			q.waiting = slices.Delete(q.waiting, i, i+1)
			q.busy[next.Source.ID] = next.Source.Organisation
			q.alone = next.deaths > 0
			delete(q.known, next.Job)
			return next, true
		}
		q.changed.Wait()
	}
}

// next is the index of the job to be given, -1 for none now.
func (q *Queue) next() int {
	if q.alone {
		return -1
	}
	under := map[string]int{}
	for _, organisation := range q.busy {
		under[organisation]++
	}
	best := -1
	for i, t := range q.waiting {
		if t.deaths > 0 && len(q.busy) > 0 {
			break // its turn has come, once the others have ended
		}
		_, busy := q.busy[t.Source.ID]
		if !busy && (best < 0 || under[t.Source.Organisation] < under[q.waiting[best].Source.Organisation]) {
			best = i
		}
	}
	return best
}
