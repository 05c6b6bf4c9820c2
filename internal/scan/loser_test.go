package scan_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"plumbline/internal/drift"
	"plumbline/internal/review"
	"plumbline/internal/scan"
	"plumbline/internal/table"
)

// overtaken lets somebody else act before one of its calls.
type overtaken struct {
	table.Table
	call  int64
	other func()
	calls atomic.Int64
}

func (o *overtaken) pass() {
	if o.calls.Add(1) == o.call {
		o.other()
	}
}

func (o *overtaken) Get(ctx context.Context, key table.Key) (table.Item, error) {
	o.pass()
	return o.Table.Get(ctx, key)
}

func (o *overtaken) BatchGet(ctx context.Context, keys []table.Key) ([]table.Item, error) {
	o.pass()
	return o.Table.BatchGet(ctx, keys)
}

func (o *overtaken) Write(ctx context.Context, ops ...table.Op) error {
	o.pass()
	return o.Table.Write(ctx, ops...)
}

func TestWhoLosesADecisionIsToldThatItIsDecided(t *testing.T) {
	t.Parallel()
	base := newStack(t)
	src := base.register(drift.Settings{URI: "./a", Policy: drift.HumanApproval})
	base.run(src, push(servers("x=1")))
	base.run(src, push(servers("x=2")))
	p := base.only(src)
	for _, winner := range []drift.ProposalStatus{drift.Approved, drift.Rejected} {
		for _, loser := range []drift.ProposalStatus{drift.Approved, drift.Rejected} {
			for call := int64(1); ; call++ {
				s := base.clone(t)
				first := *s
				first.wire(s.counter, s.bucket, testKey)
				race := &overtaken{Table: s.counter, call: call, other: func() { first.mustDecide(src, p, winner) }}
				s.wire(race, s.bucket, testKey)
				err := s.decide(src, p, loser)
				if race.calls.Load() < call {
					break
				}
				if !errors.Is(err, review.ErrDecided) {
					t.Errorf("%s, overtaken at call %d by %s: %v, want ErrDecided", loser, call, winner, err)
				}
				if due, err := s.store.DueUntil(t.Context(), s.clock.Now(), 10); err != nil || len(due) > 0 {
					t.Errorf("%s, overtaken at call %d by %s: due %+v, %v", loser, call, winner, due, err)
				}
				s.consistent()
			}
		}
	}
}

func TestAForceOfAnOlderHoldIsToldThatTheDocumentMoved(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		then func(*stack, drift.Source, drift.Scan)
		want error
	}{
		"a newer one is held": {func(s *stack, src drift.Source, _ drift.Scan) {
			s.bucket.put(vpcKey, stateOf("l-3", 1, "web=small"))
			s.mustStatus(s.run(src), drift.ScanHeld)
		}, scan.ErrMoved},
		"a newer one was applied": {func(s *stack, src drift.Source, _ drift.Scan) {
			s.bucket.put(vpcKey, stateOf("l-1", 6, "web=small"))
			s.mustStatus(s.run(src), drift.ScanSucceeded)
		}, scan.ErrMoved},
		"it was forced": {func(s *stack, src drift.Source, held drift.Scan) {
			s.mustStatus(s.run(src, forced(held)), drift.ScanSucceeded)
		}, scan.ErrNotHeld},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStack(t)
			src := s.register(drift.Settings{URI: vpcURI})
			s.bucket.put(vpcKey, stateOf("l-1", 5, "web=small"))
			s.run(src)
			s.clock.Advance(time.Second)
			s.bucket.put(vpcKey, stateOf("l-2", 5, "web=small"))
			held := s.run(src)
			s.mustStatus(held, drift.ScanHeld)
			c.then(s, src, held)
			before := fmt.Sprint(s.totals(src))
			if _, err := s.tryRun(src, forced(held)); !errors.Is(err, c.want) {
				t.Errorf("force of the older: %v, want %v", err, c.want)
			}
			if got := fmt.Sprint(s.totals(src)); got != before {
				t.Errorf("totals %s, before %s", got, before)
			}
		})
	}
}
