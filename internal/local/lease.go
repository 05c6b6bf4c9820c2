package local

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/store"
)

// freeLeases frees the leases that a killed process has left: nobody else can hold one,
// since the table's file serves one process. The scans that it cut short run again by
// the queue, and by the replay of uploads.
//
// Sources are found by what is due and by the jobs that wait. One that is only pushed
// to may have neither: its lease expires within a minute.
func (s *Stack) freeLeases(ctx context.Context) error {
	sources := map[uuid.UUID]bool{}
	due, err := s.service.Store.DueUntil(ctx, time.Now().AddDate(100, 0, 0), maxDue)
	if err != nil {
		return fmt.Errorf("list sources: %w", err)
	}
	for _, d := range due {
		sources[d.ID] = true
	}
	for _, job := range s.queue.Waiting() {
		sources[job.Source.ID] = true
	}
	for id := range sources {
		if err := s.free(ctx, id); err != nil {
			return fmt.Errorf("free the lease of source %s: %w", id, err)
		}
	}
	return nil
}

// maxDue is more than a folder will hold.
const maxDue = 1 << 20

func (s *Stack) free(ctx context.Context, source uuid.UUID) error {
	lease, err := s.service.Store.Lease(ctx, source)
	if err != nil || !lease.Held(time.Now()) {
		return err
	}
	s.log.Info("a scan was cut short and runs again", "source", source, "scan", lease.ScanID)
	err = s.service.Store.Release(ctx, lease)
	if errors.Is(err, store.ErrLeaseLost) {
		return nil // it has expired meanwhile
	}
	return err
}
