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
	// Changes, Trigger and URI are missing in records of earlier versions.
	Changes int           `json:"changes,omitzero"`
	Trigger drift.Trigger `json:"trigger,omitzero"`
	URI     string        `json:"uri,omitzero"`
}

// Burst is what was changed below a prefix until it was quiet.
type Burst struct {
	Until time.Time
	// Changes counts them, 0 where that is not known; Trigger is an upload if one of them
	// was; URI is of the last object that was changed so.
	Changes int
	Trigger drift.Trigger
	URI     string
}

// Quieten notes a change below a prefix: the source is due once it has been quiet
// for a while, at most the given time after the first change of the burst. The first
// change of a burst leaves the due entry; later ones move the time in the record,
// which [Store.Burst] tells. The trigger and the uri are of the change.
func (s *Store) Quieten(ctx context.Context, ref drift.SourceRef, trigger drift.Trigger, uri string, now time.Time, quiet, longest time.Duration) error {
	for {
		item, err := s.get(ctx, quietKey(ref.ID))
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		r := quietRecord{First: micros(now), Until: micros(now.Add(quiet)), Changes: 1, Trigger: trigger, URI: uri}
		when, revision := table.Absent, s.first()
		under := false
		if err == nil {
			var before quietRecord
			if err := s.decode(ctx, item, &before); err != nil {
				return err
			}
			when, revision = table.At(item.Revision), item.Revision+1
			if under = fromMicros(before.Until).After(now); under {
				r.First, r.Changes = before.First, before.Changes+1
				if before.Trigger == drift.TriggerUpload && trigger != before.Trigger {
					r.Trigger, r.URI = before.Trigger, before.URI
				}
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

// Burst is the last burst of changes of a source, the zero value when there was none.
func (s *Store) Burst(ctx context.Context, source uuid.UUID) (Burst, error) {
	item, err := s.get(ctx, quietKey(source))
	if errors.Is(err, ErrNotFound) {
		return Burst{}, nil
	}
	if err != nil {
		return Burst{}, err
	}
	var r quietRecord
	err = s.decode(ctx, item, &r)
	return Burst{Until: fromMicros(r.Until), Changes: r.Changes, Trigger: r.Trigger, URI: r.URI}, err
}
