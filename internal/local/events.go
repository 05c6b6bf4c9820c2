package local

import (
	"context"
	"errors"
	"strings"
	"time"

	"plumbline/internal/local/s3"
	"plumbline/internal/parallel"
	"plumbline/internal/service"
)

// uploaded passes a change of an object on, as S3's notification does. One that cannot
// be, with a full disk for instance, is passed on later; a process that ends before that
// makes up for it at the next start, by [s3.Server.Replay].
func (s *Stack) uploaded(event s3.Event) {
	if strings.HasPrefix(event.Key, service.BlobPrefix) {
		return // no source reads there
	}
	if err := s.pass(context.Background(), event); err != nil {
		s.log.Error("upload not passed on yet, will be tried again", "bucket", event.Bucket, "key", event.Key, "error", err)
		s.late.add(event)
	}
}

func (s *Stack) pass(ctx context.Context, event s3.Event) error {
	removed := event.Name == s3.Delete || event.Name == s3.DeleteMarker
	return s.service.Scanner.Upload(ctx, event.Bucket, event.Key, removed)
}

// passLate passes on what could not be before.
func (s *Stack) passLate(ctx context.Context) error {
	var errs []error
	for _, event := range s.late.take() {
		if err := s.pass(ctx, event); err != nil {
			s.late.add(event)
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
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
		return errors.Join(err, s.passLate(ctx))
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
