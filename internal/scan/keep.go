package scan

import (
	"context"
	"errors"
	"time"

	"plumbline/internal/parallel"
)

// kept calls do, which may compute for minutes without a word, and renews the lease
// meanwhile: nobody else takes the source for left alone. Where the lease is lost or the
// deadline has come, the context of do ends, and the error says which. A panic of do is
// an error.
func (r *run) kept(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	var watch parallel.Group
	watch.Start(func() error {
		ticks := time.NewTicker(renewAfter / 2)
		defer ticks.Stop()
		for {
			select {
			case <-done:
				return nil
			case <-ticks.C:
			}
			if err := r.breathe(ctx); err != nil {
				cancel()
				return err
			}
		}
	})
	err := parallel.Call(func() error { return do(ctx) })
	close(done)
	if lost := watch.Wait(); lost != nil {
		return errors.Join(lost, err)
	}
	return err
}
