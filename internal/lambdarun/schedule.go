package lambdarun

import "context"

// tickLimit is how many due entries one tick takes.
const tickLimit = 100

// Schedule hands on what is due, on each call of EventBridge Scheduler, whatever the
// call carries: what was missed or comes twice makes no difference, because an entry
// that was handed on is no longer due.
type Schedule struct {
	// Tick is [scan.Scanner.Tick].
	Tick func(ctx context.Context, limit int) (queued int, err error)
}

// Handle ticks until nothing more is handed on. An error is retried by the next call.
func (s *Schedule) Handle(ctx context.Context) error {
	for {
		queued, err := s.Tick(ctx, tickLimit)
		if err != nil || queued == 0 {
			return err
		}
	}
}
