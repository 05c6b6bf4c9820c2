package lambdarun

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"plumbline/internal/lambdarun/jobs"
	"plumbline/internal/scan"
)

// longest is how long one batch of jobs works before the rest is queued again.
const longest = 5 * time.Minute

// Jobs works jobs from SQS, with partial batch failures: a message that cannot be
// worked comes again, and in the end into the dead letter queue, while its neighbours
// pass.
type Jobs struct {
	// Work is [scan.Scanner.Work].
	Work func(ctx context.Context, job scan.Job, deadline time.Time) error
	// Died and Park are [scan.Scanner.Died] and [scan.Scanner.Park].
	Died func(ctx context.Context, job scan.Job) (bool, error)
	Park func(ctx context.Context, job scan.Job, deadline time.Time) error
	Now  func() time.Time
	Log  *slog.Logger
}

// Handle works the messages one after another. It names those that failed, and those
// whose turn did not come in time; the error is always nil, as it would return the
// whole batch.
func (j *Jobs) Handle(ctx context.Context, event events.SQSEvent) (events.SQSEventResponse, error) {
	until := deadline(ctx, j.Now(), longest, margin)
	var answer events.SQSEventResponse
	for _, message := range event.Records {
		if err := j.work(ctx, message, until); err != nil {
			j.Log.ErrorContext(ctx, "job failed", "message", message.MessageId, "err", err)
			answer.BatchItemFailures = append(answer.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: message.MessageId})
		}
	}
	return answer, nil
}

func (j *Jobs) work(ctx context.Context, message events.SQSMessage, until time.Time) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	if !j.Now().Before(until) {
		return fmt.Errorf("no time left after %s", longest)
	}
	job, err := jobs.Decode(message.Body)
	if err != nil {
		return err
	}
	parked, err := j.isParked(ctx, message, job)
	if err != nil {
		return err
	}
	if parked {
		return j.Park(ctx, job, until)
	}
	return j.Work(ctx, job, until)
}

// lastTry is the receipt by which a job has been tried once, and once more: alone, as a
// batch is one message.
const lastTry = 2

// isParked reports whether a message has come again after its last try because the
// function ended with it, and not because the job failed.
func (j *Jobs) isParked(ctx context.Context, message events.SQSMessage, job scan.Job) (bool, error) {
	received, err := strconv.Atoi(message.Attributes["ApproximateReceiveCount"])
	if err != nil || received <= lastTry {
		return false, nil // an attribute that is absent tells nothing
	}
	return j.Died(ctx, job)
}
