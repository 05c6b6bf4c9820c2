package scan_test

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"plumbline/internal/drift"
	"plumbline/internal/scan"
	"plumbline/internal/table"
)

// narrow is a table on a disk that has room for what it rewrites, and for no record of a
// scan any more.
type narrow struct {
	table.Table
	full bool
}

func (n *narrow) Write(ctx context.Context, ops ...table.Op) error {
	for _, op := range ops {
		if n.full && strings.HasPrefix(op.Item.SK, "R#") {
			return fmt.Errorf("write the table: %w", syscall.ENOSPC)
		}
	}
	return n.Table.Write(ctx, ops...)
}

func TestAScanWhoseEndFoundNoSpaceIsToldOfLater(t *testing.T) {
	t.Parallel()
	const why = "no space is left on the disk"
	failed := func(s *stack, src drift.Source) drift.Scan {
		t.Helper()
		disk := &narrow{Table: s.counter, full: true}
		s.wire(disk, s.bucket, testKey)
		if _, err := s.tryRun(src); err == nil {
			t.Fatal("the scan ended well")
		}
		if died, err := s.scanner.Died(t.Context(), scan.Job{Source: src.Ref()}); died || err != nil {
			t.Errorf("taken for one whose process was killed: %v, %v", died, err)
		}
		disk.full = false
		return s.history(src)[0]
	}
	base := newStack(t)
	src := base.register(drift.Settings{URI: vpcURI, Schedule: "rate(7 days)"})
	base.bucket.put(vpcKey, state(1, "web=small"))
	base.run(src)
	base.bucket.put(vpcKey, state(2, "web=large"))

	t.Run("by the watch", func(t *testing.T) {
		s := base.clone(t)
		before := failed(s, src)
		for range 2 * 60 {
			s.clock.Advance(time.Second)
			s.work(func() {})
		}
		all := s.history(src)
		if len(all) != 3 || all[1].Status != drift.ScanFailed || all[1].Summary.Reason != why || all[2].ID != before.ID {
			t.Errorf("the history is %+v", all)
		}
		s.mustStatus(all[0], drift.ScanSucceeded)
		s.consistent()
	})
	t.Run("by the next scan, at once", func(t *testing.T) {
		s := base.clone(t)
		failed(s, src)
		s.mustStatus(s.run(src), drift.ScanSucceeded)
		if all := s.history(src); len(all) != 3 || all[1].Status != drift.ScanFailed || all[1].Summary.Reason != why {
			t.Errorf("the history is %+v", all)
		}
		s.consistent()
	})
}
