package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/table"
)

type quietRecord struct {
	First int64 `json:"first"`
	Until int64 `json:"until"`
}

// Quieten notes a change below a prefix: the source is due once it has been quiet
// for a while, at most the given time after the first change of the burst. The first
// change of a burst leaves the due entry; later ones move the time in the record,
// which [Store.QuietUntil] tells.
func (s *Store) Quieten(ctx context.Context, ref drift.SourceRef, now time.Time, quiet, longest time.Duration) error {
	for {
		item, err := s.get(ctx, quietKey(ref.ID))
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		r := quietRecord{First: micros(now), Until: micros(now.Add(quiet))}
		when, revision := table.Absent, s.first()
		under := false
		if err == nil {
			var before quietRecord
			if err := s.decode(ctx, item, &before); err != nil {
				return err
			}
			when, revision = table.At(item.Revision), item.Revision+1
			if under = fromMicros(before.Until).After(now); under {
				r.First = before.First
				r.Until = max(before.Until, min(r.Until, micros(fromMicros(before.First).Add(longest))))
			}
		}
		ops := []table.Op{table.Put(table.Item{Key: quietKey(ref.ID), Revision: revision, Body: small(r)}, when)}
		if !under {
			ops = append(ops, s.dueOp(ref, fromMicros(r.Until), dueRetry, Wish{Trigger: drift.TriggerUpload}))
		}
		if err := s.table.Write(ctx, ops...); !errors.Is(err, ErrConflict) {
			return err
		}
	}
}

// QuietUntil is when the burst of changes of a source is over; the zero time when
// there was none.
func (s *Store) QuietUntil(ctx context.Context, source uuid.UUID) (time.Time, error) {
	item, err := s.get(ctx, quietKey(source))
	if errors.Is(err, ErrNotFound) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	var r quietRecord
	err = s.decode(ctx, item, &r)
	return fromMicros(r.Until), err
}
