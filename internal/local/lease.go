package local

import (
	"context"
	"errors"
	"fmt"
	"time"

	"plumbline/internal/drift"
	"plumbline/internal/store"
	"plumbline/internal/table"
)

// freeLeases frees the leases that a killed process has left: nobody else can hold one,
// since the table's file serves one process. The scans that it cut short end in the
// history and run again.
//
// Sources are found by what is due, and by the jobs that wait: whoever takes a lease
// leaves a watch, which is due when the lease expires.
func (s *Stack) freeLeases(ctx context.Context) error {
	sources := map[drift.SourceRef]bool{} // true: nothing else runs its scan again
	due, err := s.service.Store.DueUntil(ctx, time.Now().AddDate(100, 0, 0), maxDue)
	if err != nil {
		return fmt.Errorf("list sources: %w", err)
	}
	for _, d := range due {
		sources[d.SourceRef] = true
	}
	// The jobs that wait are those that were cut short, too: they run again.
	for _, job := range s.queue.Waiting() {
		sources[job.Source] = false
	}
	for ref, due := range sources {
		died, err := s.service.Scanner.Bury(ctx, ref, due)
		switch {
		case errors.Is(err, store.ErrConflict): // it is as it should be already
		case errors.Is(err, table.ErrFull): // the watch of the lease does it, once there is space
			s.log.Warn("the disk is full: a scan that was cut short ends in the history later", "source", ref.ID, "error", err)
		case err != nil:
			return fmt.Errorf("free the lease of source %s: %w", ref.ID, err)
		case died:
			s.log.Info("a scan was cut short and runs again", "source", ref.ID)
		}
	}
	return nil
}

// maxDue is more than a folder will hold.
const maxDue = 1 << 20
