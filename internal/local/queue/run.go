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
				q.end(ctx, t, q.do(working, t, work))
			}
			return nil
		})
	}
	return workers.Wait()
}

// maxDoublings bounds the wait before another try: 256 times the first.
const maxDoublings = 8

// do works a job, or parks it. That it is under work is on the disk before it begins.
func (q *Queue) do(ctx context.Context, t task, work func(context.Context, scan.Job) error) error {
	mark, err := q.progress(ctx, t)
	if err != nil {
		return err
	}
	if mark != t.mark {
		t.deaths = 0
	}
	if t.deaths > 1 {
		q.config.Log.Error("job ended the process twice", "source", t.Source.ID, "trigger", t.Trigger)
		if q.config.Park == nil {
			return nil
		}
		work = q.config.Park
	}
	if err := q.file.begin(t.place, t.deaths+1, mark); err != nil {
		return err
	}
	return parallel.Call(func() error { return work(ctx, t.Job) })
}

func (q *Queue) progress(ctx context.Context, t task) (uint64, error) {
	if q.config.Progress == nil {
		return 0, nil
	}
	return q.config.Progress(ctx, t.Job)
}

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
	q.alone = false
	t.tries++
	if err != nil && ctx.Err() != nil {
		q.calm(t) // it was cut short: the file still has it
		return
	}
	log := q.config.Log.With("source", t.Source.ID, "trigger", t.Trigger, "tries", t.tries)
	if trace := parallel.Trace(err); trace != "" {
		log = log.With("stack", trace)
	}
	switch {
	case again:
		log.Warn("job failed, will be tried again", "error", err)
		q.calm(t)
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

// calm takes note that a job is no more under work, though it did not end well.
func (q *Queue) calm(t task) {
	if err := q.file.calm(t.place); err != nil {
		q.config.Log.Error("job is no more under work but noted so on the disk", "source", t.Source.ID, "error", err)
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
