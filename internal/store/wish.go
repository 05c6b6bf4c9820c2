package store

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/table"
)

// Wish is one more scan that somebody asked for while it could not take place.
type Wish struct {
	// Trigger is what asked; of several the one that a source heeds most: a caller of
	// the API, an upload, the schedule.
	Trigger drift.Trigger
	// Actor is who asked, or what happened; "" in records of earlier versions.
	Actor string
	// Full looks at every entity that is not current, though its document did not
	// change.
	Full     bool
	revision int64
}

// heeded orders triggers, the least first.
var heeded = []drift.Trigger{drift.TriggerSchedule, drift.TriggerDeletion, drift.TriggerUpload, drift.TriggerPush, drift.TriggerAPI}

// and is the wish that fulfils both; its actor is that of the trigger.
func (w Wish) and(o Wish) Wish {
	if slices.Index(heeded, o.Trigger) > slices.Index(heeded, w.Trigger) {
		w.Trigger, w.Actor = o.Trigger, o.Actor
	}
	w.Full = w.Full || o.Full
	return w
}

func (w Wish) text() string {
	if w.Full {
		return string(w.Trigger) + ",full"
	}
	return string(w.Trigger)
}

func (r refRecord) wish() Wish {
	return Wish{Trigger: drift.Trigger(r.Reason), Actor: r.Actor, Full: r.Full}
}

// Want asks the holder of a lease for one more scan. It takes place only while that
// holder has the lease as it was read ([ErrConflict] otherwise: look again), and
// leaves a due entry, so that the wake-up is not lost with the holder. What others
// asked for already stays asked for.
func (s *Store) Want(ctx context.Context, ref drift.SourceRef, held Lease, wish Wish) error {
	asked, err := s.Wanted(ctx, ref.ID)
	when, revision := table.At(asked.revision), asked.revision+1
	if errors.Is(err, ErrNotFound) {
		when, revision = table.Absent, s.first()
	} else if err != nil {
		return err
	}
	sum := wish.and(asked)
	return s.table.Write(ctx,
		held.check(),
		table.Put(table.Item{Key: wantedKey(ref.ID), Revision: revision,
			Body: small(refRecord{Reason: string(sum.Trigger), Actor: sum.Actor, Full: sum.Full})}, when),
		s.dueOp(ref, held.ExpiresAt, dueMark, wish))
}

// Wanted returns the scan that somebody asked the holder of the lease for, or
// [ErrNotFound].
func (s *Store) Wanted(ctx context.Context, source uuid.UUID) (Wish, error) {
	item, err := s.get(ctx, wantedKey(source))
	if err != nil {
		return Wish{}, err
	}
	var r refRecord
	err = s.decode(ctx, item, &r)
	wish := r.wish()
	wish.revision = item.Revision
	return wish, err
}
