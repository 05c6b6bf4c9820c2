package store

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/table"
)

// A scan that has begun ends in the history, be it killed at any moment. Who takes a lease
// leaves a watch, which is due when the lease expires: whoever finds by it that nobody has
// freed the lease ends the scan in its holder's stead. One watch serves all scans that begin
// before it is due.

// watchAhead is how long before it is due a watch serves a scan that begins, so that clocks
// which differ a little find it still.
const watchAhead = 30 * time.Second

// restPatience is when the rest of a suspended scan is sent again, should it be lost.
const restPatience = 10 * time.Minute

// watchOp leaves a watch with a lease that is about to be taken; ok is false where one is
// due already.
func (s *Store) watchOp(ref drift.SourceRef, lease *Lease) (op table.Op, ok bool) {
	if lease.WatchedUntil.After(s.now().Add(watchAhead)) {
		return op, false
	}
	lease.WatchedUntil = lease.ExpiresAt
	return s.dueRefOp(lease.ExpiresAt, dueWatch, refRecordOf(ref)), true
}

// restOp watches over the rest of a scan.
func (s *Store) restOp(rest Rest, at time.Time) table.Op {
	r := refRecordOf(rest.Source)
	r.Scan, r.Force, r.Actor, r.Reason, r.Full = rest.Scan, rest.Force, rest.Actor, string(rest.Trigger), rest.Full
	return s.dueRefOp(at, dueRest+":"+idText(rest.Scan), r)
}

// Rest is what has to be known to go on with a suspended scan.
type Rest struct {
	Source  drift.SourceRef
	Scan    uuid.UUID
	Trigger drift.Trigger
	Actor   string
	Force   uuid.UUID
	Full    bool
}

// Postpone puts a due entry off until a later time.
func (s *Store) Postpone(ctx context.Context, due Due, until time.Time) error {
	r := refRecordOf(due.SourceRef)
	r.Reason, r.Full = string(due.Wish.Trigger), due.Wish.Full
	if due.Rest != nil {
		r.Scan, r.Force, r.Actor = due.Rest.Scan, due.Rest.Force, due.Rest.Actor
	}
	op := s.dueRefOp(until, due.Mark, r)
	if op.Item.Key == due.key {
		return nil
	}
	return s.table.Write(ctx, op, table.Delete(due.key, table.Any))
}

// died is the end of the scan whose holder has not freed its lease, for the history. What
// a suspended part of it had counted is not read: the schedule, which may find it, has no
// access to blobs.
func (s *Store) died(ctx context.Context, lease Lease) (table.Op, drift.Scan, error) {
	reason := cmp.Or(lease.Left, reasonDied)
	scan := drift.Scan{ID: lease.ScanID, SourceID: lease.Source, Trigger: lease.Trigger, Actor: lease.Actor, StartedAt: lease.StartedAt,
		EndedAt: s.now(), Status: drift.ScanFailed, Summary: drift.Summary{Reason: reason}}
	op, err := s.scanOp(ctx, scan, 0)
	return op, scan, err
}

// reasonDied is told of a scan whose holder has gone without a word.
const reasonDied = "cut short: the process that ran it has gone"

// cutShort is what is wanted of a source whose scan died.
var cutShort = Wish{Trigger: drift.TriggerSchedule, Actor: "another look after a scan that was cut short"}

// Bury ends the scan of a holder that is gone and frees its lease, in one transaction: its
// record, the stamp of its source as it was read, nil for no stamp, and a due entry at
// again, the zero time for none. [ErrConflict] where the lease or the source moved
// meanwhile.
func (s *Store) Bury(ctx context.Context, lease Lease, source *drift.Source, again time.Time) error {
	free := lease
	free.ExpiresAt, free.Left = time.Time{}, ""
	ops := []table.Op{leaseOp(lease, free)}
	op, scan, err := s.died(ctx, lease)
	if err != nil {
		return err
	}
	ops = append(ops, op)
	if source != nil {
		after := *source
		after.Last = &drift.Stamp{ScanID: scan.ID, At: scan.EndedAt, Status: scan.Status}
		after.FailingSince = firstTime(source.FailingSince, scan.EndedAt)
		ops = append(ops, s.updateSource(*source, after)...)
	}
	if source != nil && !again.IsZero() {
		ops = append(ops, s.dueOp(source.Ref(), again, dueRetry, cutShort))
	}
	if err := s.table.Write(ctx, ops...); err != nil {
		return fmt.Errorf("bury scan %s: %w", lease.ScanID, err)
	}
	return nil
}

// firstTime is the first of two times that is not zero.
func firstTime(a, b time.Time) time.Time {
	if a.IsZero() {
		return b
	}
	return a
}
