package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/table"
)

// Marks tell the due entries of one source apart. One that is not the schedule's has
// the wish behind it, so that no wish takes the place of another.
const (
	dueSchedule = "schedule" // the source's schedule
	dueMark     = "mark"     // a trigger that found the source busy
	dueRetry    = "retry"    // a locked state, a burst that has to settle, a stale approval, a scan that failed
	dueWatch    = "watch"    // a lease that expires
	dueRest     = "rest"     // a suspended scan, whose id is behind it
)

// Due is a source that is to be scanned.
type Due struct {
	drift.SourceRef
	At   time.Time
	Mark string
	// Wish is what is wanted, the zero one of a schedule.
	Wish Wish
	// Rest is of the watch over a suspended scan, nil of any other.
	Rest *Rest
	key  table.Key
}

// Scheduled reports whether the entry is the source's schedule rather than a mark.
func (d Due) Scheduled() bool { return d.Mark == dueSchedule }

// IsWatch reports whether the entry watches over a lease.
func (d Due) IsWatch() bool { return d.Mark == dueWatch }

// DueUntil returns up to limit due entries at or before a time, the oldest first
// within each shard.
func (s *Store) DueUntil(ctx context.Context, until time.Time, limit int) ([]Due, error) {
	var all []Due
	for shard := range dueShards {
		q := table.Query{PK: duePK(shard), To: timeText(until.Add(time.Microsecond)), Limit: limit}
		for item, err := range s.items(ctx, q) {
			if err != nil {
				return nil, err
			}
			due, err := s.due(ctx, item)
			if err != nil {
				return nil, err
			}
			if all = append(all, due); len(all) >= limit {
				return all, nil
			}
		}
	}
	return all, nil
}

func (s *Store) due(ctx context.Context, item table.Item) (Due, error) {
	var r refRecord
	if err := s.decode(ctx, item, &r); err != nil {
		return Due{}, err
	}
	at, rest, _ := strings.Cut(item.SK, "#")
	_, mark, _ := strings.Cut(rest, "#")
	due := Due{SourceRef: r.ref(), Mark: mark, Wish: r.wish(), key: item.Key}
	if r.Scan != uuid.Nil {
		due.Rest = &Rest{Source: due.SourceRef, Scan: r.Scan, Trigger: drift.Trigger(r.Reason), Actor: r.Actor, Force: r.Force, Full: r.Full}
	}
	if n, err := strconv.ParseInt(at, 16, 64); err == nil {
		due.At = fromMicros(n)
	}
	return due, nil
}

// Done removes a due entry that was handed on.
func (s *Store) Done(ctx context.Context, due Due) error {
	return s.table.Write(ctx, table.Delete(due.key, table.Any))
}

// Retry makes the source due once more, at a time.
func (s *Store) Retry(ctx context.Context, ref drift.SourceRef, at time.Time, wish Wish) error {
	return s.table.Write(ctx, s.dueOp(ref, at, dueRetry, wish))
}

func (s *Store) dueOp(ref drift.SourceRef, at time.Time, mark string, wish Wish) table.Op {
	r := refRecordOf(ref)
	r.Reason, r.Actor, r.Full = string(wish.Trigger), wish.Actor, wish.Full
	return s.dueRefOp(at, mark+":"+wish.text(), r)
}

func (s *Store) dueRefOp(at time.Time, mark string, r refRecord) table.Op {
	return table.Put(table.Item{Key: dueKey(at, r.ID, mark), Revision: s.first(), Body: small(r)}, table.Any)
}
