package queue

import (
	"context"
	"time"

	"plumbline/internal/parallel"
	"plumbline/internal/scan"
)

// Run works jobs until ctx is done; then those under way may end within the grace,
// after which their context is done too. A job that did not end well by then is kept
// for the next process. A panic is its job's error, so that a poisoned job does not end
// this process and each one after it; one of the queue's own is the error of Run.
func (q *Queue) Run(ctx context.Context, work func(context.Context, scan.Job) error) error {
	working, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		q.mu.Lock()
		q.changed.Broadcast()
		q.mu.Unlock()
		time.AfterFunc(q.config.Grace, cancel)
	})()
	var workers parallel.Group
	for range q.config.Workers {
		workers.Start(func() error {
			for t, ok := q.take(ctx); ok; t, ok = q.take(ctx) {
				q.end(ctx, t, parallel.Call(func() error { return work(working, t.Job) }))
			}
			return nil
		})
	}
	return workers.Wait()
}

// maxDoublings bounds the wait before another try: 256 times the first.
const maxDoublings = 8

// end takes a job that was worked out of the queue, or has it tried again later.
func (q *Queue) end(ctx context.Context, t task, err error) {
	again := err != nil
	if again && ctx.Err() == nil && t.tries+1 >= q.config.Tries {
		again = q.config.GiveUp(ctx, t.Job) != nil
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	defer q.changed.Broadcast()
	delete(q.busy, t.Source.ID)
	t.tries++
	if err != nil && ctx.Err() != nil {
		return // it was cut short: the file still has it
	}
	log := q.config.Log.With("source", t.Source.ID, "trigger", t.Trigger, "tries", t.tries)
	if trace := parallel.Trace(err); trace != "" {
		log = log.With("stack", trace)
	}
	switch {
	case again:
		log.Warn("job failed, will be tried again", "error", err)
		q.asleep++
		time.AfterFunc(q.config.Backoff<<min(t.tries-1, maxDoublings), func() { q.wake(t) })
		return
	case err != nil:
		log.Error("job given up", "error", err)
	}
	if err := q.file.remove(t.place); err != nil {
		log.Error("job was worked but is still on the disk", "error", err)
	}
}

// wake puts a job that failed behind those that wait. One that was sent again
// meanwhile is that one.
func (q *Queue) wake(t task) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.asleep--
	if q.stopped {
		return
	}
	if q.known[t.Job] {
		_ = q.file.remove(t.place) // left behind, it is worked once more after a restart
		return
	}
	q.known[t.Job] = true
	q.waiting = append(q.waiting, t)
	q.changed.Broadcast()
}
