package scan_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"plumbline/internal/drift"
	"plumbline/internal/scan"
	"plumbline/internal/table"
)

var errDead = errors.New("the process is dead")

// dying is the table of a process that is killed at one call: that one may be carried
// out still, none is after it.
type dying struct {
	table.Table
	call    int64
	carried bool
	calls   atomic.Int64
}

func (d *dying) dead() bool { return d.calls.Load() >= d.call }

func (d *dying) pass(do func() error) error {
	switch n := d.calls.Add(1); {
	case n < d.call:
		return do()
	case n == d.call && d.carried:
		_ = do()
	}
	return errDead
}

func (d *dying) Get(ctx context.Context, key table.Key) (item table.Item, err error) {
	err = d.pass(func() (err error) { item, err = d.Table.Get(ctx, key); return err })
	return item, err
}

func (d *dying) BatchGet(ctx context.Context, keys []table.Key) (items []table.Item, err error) {
	err = d.pass(func() (err error) { items, err = d.Table.BatchGet(ctx, keys); return err })
	return items, err
}

func (d *dying) Query(ctx context.Context, query table.Query) (page table.Page, err error) {
	err = d.pass(func() (err error) { page, err = d.Table.Query(ctx, query); return err })
	return page, err
}

func (d *dying) Write(ctx context.Context, ops ...table.Op) error {
	return d.pass(func() error { return d.Table.Write(ctx, ops...) })
}

// killed runs the scene in a process that is killed at each call of the table in turn,
// and gives each table that this leaves to the check, with a process that lives.
func killed(t *testing.T, base *stack, run func(*stack), check func(s *stack, place string)) {
	t.Helper()
	for _, carried := range []bool{false, true} {
		for call := int64(1); ; call++ {
			s := base.clone(t)
			s.orphans = true
			process := &dying{Table: s.counter, call: call, carried: carried}
			s.wire(process, s.bucket, testKey)
			run(s)
			if !process.dead() {
				break
			}
			s.wire(s.counter, s.bucket, testKey)
			check(s, fmt.Sprintf("killed at call %d, carried out %v", call, carried))
		}
	}
}

// firstScans are first scans of a source, each of its kind.
var firstScans = []struct {
	name, uri string
	change    []func(*scan.Request)
}{
	{"one object", vpcURI, nil},
	{"a prefix", "s3://estate/acme/", nil},
	{"a push of all seven kinds", "./pushed", []func(*scan.Request){push(everyKind)}},
	{"a push for an object", vpcURI, []func(*scan.Request){push(pushed(sizes(20, "large")...))}},
}

func TestADeletedSourceLeavesNothingOfAFirstScanThatWasKilled(t *testing.T) {
	t.Parallel()
	for _, c := range firstScans {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			base := newStack(t)
			base.bucket.put(vpcKey, state(1, sizes(20, "small")...))
			base.bucket.put("acme/prod/db.tfstate", state(1, "db=small"))
			src := base.register(drift.Settings{URI: c.uri})
			run := func(s *stack) { _, _ = s.tryRun(src, c.change...) }
			killed(t, base, run, func(s *stack, place string) {
				s.forget(src)
				s.mustBeEmpty(src, place)
				// The scope is free for whoever comes next.
				s.clock.Advance(2 * time.Minute)
				again := s.register(drift.Settings{URI: "s3://estate/acme/", Scope: ""})
				s.mustStatus(s.run(again), drift.ScanSucceeded)
			})
		})
	}
}

// mustBeEmpty fails the test where the table holds anything of a source or any entity.
func (s *stack) mustBeEmpty(src drift.Source, place string) {
	s.t.Helper()
	if left := s.leftOf(src); len(left) > 0 {
		s.t.Errorf("%s: left of the source: %v", place, left)
	}
	for _, it := range s.read() {
		if it.pk[0] == "X" && it.SK == "B" || it.pk[0] == "C" || strings.HasPrefix(it.PK, "I#") || it.pk[0] == "L" {
			s.t.Errorf("%s: left: %s", place, it.Key)
		}
	}
}

func TestADeletedSourceLeavesNothingThatAnEarlierVersionWroteWithoutARecord(t *testing.T) {
	t.Parallel()
	for _, c := range firstScans {
		s := newStack(t)
		s.orphans = true
		s.bucket.put(vpcKey, state(1, sizes(20, "small")...))
		src := s.register(drift.Settings{URI: c.uri})
		s.run(src, c.change...)
		s.withoutDocuments(src)
		s.forget(src)
		s.mustBeEmpty(src, c.name)
	}
}

// withoutDocuments takes the records of a source's documents out of the table.
func (s *stack) withoutDocuments(src drift.Source) {
	s.t.Helper()
	for _, it := range s.read() {
		if it.PK == "S#"+idOf(src.ID.String()) && strings.HasPrefix(it.SK, "D#") {
			if err := s.counter.Write(s.t.Context(), table.Delete(it.Key, table.Any)); err != nil {
				s.t.Fatal(err)
			}
		}
	}
}
