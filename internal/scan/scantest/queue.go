// Package scantest holds what tests of scans share.
package scantest

import (
	"context"
	"sync"

	"plumbline/internal/scan"
)

// Queue is a [scan.Queue] that keeps the jobs for the test to take. The zero value is
// empty; safe for concurrent use.
type Queue struct {
	mu   sync.Mutex
	jobs []scan.Job
}

// Send keeps a job; it never fails.
func (q *Queue) Send(_ context.Context, job scan.Job) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.jobs = append(q.jobs, job)
	return nil
}

// Take gives the jobs that were sent since it was last called, in their order.
func (q *Queue) Take() []scan.Job {
	q.mu.Lock()
	defer q.mu.Unlock()
	jobs := q.jobs
	q.jobs = nil
	return jobs
}
