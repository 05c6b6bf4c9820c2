package local

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"

	"plumbline/internal/local/s3"
	"plumbline/internal/parallel"
	"plumbline/internal/service"
)

// uploaded passes a change of an object on, as S3's notification does. One that is
// lost is made up for at the next start, by [s3.Server.Replay].
func (s *Stack) uploaded(event s3.Event) {
	if strings.HasPrefix(event.Key, service.BlobPrefix) {
		return // no source reads there
	}
	removed := event.Name == s3.Delete || event.Name == s3.DeleteMarker
	if err := s.service.Scanner.Upload(context.Background(), event.Bucket, event.Key, removed); err != nil {
		s.log.Error("upload not passed on", "bucket", event.Bucket, "key", event.Key, "error", err)
	}
}

// newClient reaches our own S3 as any client does: over the network, by the SDK.
func newClient(endpoint string) *awss3.Client {
	return awss3.New(awss3.Options{
		BaseEndpoint: &endpoint, Region: "us-east-1", UsePathStyle: true,
		Credentials: aws.AnonymousCredentials{},
	})
}

// The clock: how often the schedule is looked at, and how often expired items are
// cleared away.
const (
	tickEvery  = 2 * time.Second
	tickLimit  = 1000
	sweepEvery = time.Minute
	sweepLimit = 10_000
)

// tick queues what is due until ctx is done.
func (s *Stack) tick(ctx context.Context) error {
	return each(ctx, tickEvery, func() error {
		_, err := s.service.Scanner.Tick(ctx, tickLimit)
		return err
	}, func(err error) { s.log.Error("schedule not looked at", "error", err, "stack", parallel.Trace(err)) })
}

// sweep clears expired items away until ctx is done.
func (s *Stack) sweep(ctx context.Context) error {
	return each(ctx, sweepEvery, func() error {
		_, err := s.table.Sweep(ctx, sweepLimit)
		return err
	}, func(err error) {
		s.log.Error("expired items not cleared away", "error", err, "stack", parallel.Trace(err))
	})
}

// each does something now and again until ctx is done. What fails or panics once is
// reported and done again.
func each(ctx context.Context, every time.Duration, do func() error, failed func(error)) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for ctx.Err() == nil {
		if err := parallel.Call(do); err != nil && ctx.Err() == nil {
			failed(err)
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
	return nil
}
