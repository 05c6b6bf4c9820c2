// Package lambdarun turns use cases into Lambda functions: an [http.Handler] behind
// API Gateway's REST API, and handlers of S3's, EventBridge's and SQS's events.
//
// Its one invariant: nothing runs after the answer, and an event that cannot be
// understood never hides its neighbours. An error is returned only where another try
// can help.
//
//	API Gateway REST   HTTP       an endpoint group of package httpapi
//	S3, EventBridge    Uploads    scan.Scanner.Upload
//	Scheduler          Schedule   scan.Scanner.Tick
//	SQS                Jobs       scan.Scanner.Work
//
// Start at [HTTP], whose mends stand in mend.go, and at [Uploads]. Package cloud wires
// the adapters that all functions share.
package lambdarun

import (
	"context"
	"time"
)

// deadline is when work must stop so that what is under way can be put down before
// Lambda ends the function: margin before the context's end, and at most longest from
// now; the zero time where the context has no end and longest is 0.
func deadline(ctx context.Context, now time.Time, longest, margin time.Duration) time.Time {
	var at time.Time
	if longest > 0 {
		at = now.Add(longest)
	}
	if end, ok := ctx.Deadline(); ok && (at.IsZero() || end.Add(-margin).Before(at)) {
		at = end.Add(-margin)
	}
	return at
}

// margin is what a scan is given to store where it stopped and to queue the rest.
const margin = 15 * time.Second
