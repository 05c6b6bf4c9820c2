package lambdarun

import (
	"context"
	"time"

	"plumbline/internal/scan"
)

// Inline is a [scan.Queue] that works a job at once instead of keeping it: a scanner
// whose queue it is scans a source of one object as soon as it learns of its upload.
// What is not done when the function must end, the scanner that works the job hands to
// its own queue.
type Inline struct {
	// Work is [scan.Scanner.Work] of a scanner with a queue of its own.
	Work func(ctx context.Context, job scan.Job, deadline time.Time) error
	Now  func() time.Time
}

// Send implements [scan.Queue].
func (i Inline) Send(ctx context.Context, job scan.Job) error {
	return i.Work(ctx, job, deadline(ctx, i.Now(), 0, margin))
}
