package deploy_test

import (
	"testing"

	"plumbline/internal/drift"
	"plumbline/internal/report"
	"plumbline/internal/review"
)

// TestCapacity runs a source's life on DynamoDB and holds what it reports as consumed
// against these figures, in units: a read unit is 4 KB read consistently, a write unit
// 1 KB written, twice that in a transaction.
func TestCapacity(t *testing.T) {
	t.Parallel()
	const entities, changed = 2000, 20 // of the sources' instances
	e := newEstate(t)
	ctx := t.Context()
	if _, err := e.Registry.CreateEnvironment(ctx, "acme", "shop", "prod"); err != nil {
		t.Fatal(err)
	}
	costs := func(what string, read, write float64, do func()) {
		t.Helper()
		e.meter.take()
		do()
		got := e.meter.take()
		t.Logf("%-42s %7.1f read units, %8.1f write units", what, got.read, got.writes())
		if got.read == 0 || got.read > read || got.writes() > write {
			t.Errorf("%s: %+v, want at most %.0f read and %.0f write units", what, got, read, write)
		}
	}

	var auto, human drift.Source
	costs("register", 6, 12, func() {
		auto = e.register("s3://estate/acme/auto.tfstate", drift.AutoUpdate)
	})
	human = e.register("s3://estate/acme/human.tfstate", drift.HumanApproval)
	e.upload("acme/auto.tfstate", 1, entities, 0)
	e.upload("acme/human.tfstate", 1, entities, 0)
	costs("first scan of 2,000", 950, 33_000, func() { created(t, e.rescan(auto), entities) })
	created(t, e.rescan(human), entities)
	costs("rescan of the same object", 8, 14, func() { ended(t, e.rescan(auto), drift.ScanUnchanged) })
	e.upload("acme/auto.tfstate", 2, entities, 0)
	costs("rescan of a new object, nothing changed", 150, 30, func() { ended(t, e.rescan(auto), drift.ScanSucceeded) })
	e.upload("acme/auto.tfstate", 3, entities, changed)
	costs("rescan, 1 % changed, auto-update", 200, 180, func() {
		if got := e.rescan(auto).Summary.Counts.Updated; got < changed {
			t.Errorf("updated %d, want %d", got, changed)
		}
	})
	e.upload("acme/human.tfstate", 2, entities, changed)
	costs("rescan, 1 % changed, human-approval", 200, 320, func() {
		if got := e.rescan(human).Summary.Counts.Proposed; got != changed {
			t.Errorf("proposed %d, want %d", got, changed)
		}
	})
	costs("drift, a page of 20 of all", 45, 0, func() { e.page(human, report.DriftFilter{}, 20) })
	costs("drift, a page of the drifted", 70, 0, func() { e.page(human, report.DriftFilter{Statuses: []drift.Status{drift.Drifted}}, 20) })
	pending := e.pending(human)
	costs("approve one", 8, 22, func() {
		decision := review.Decision{Source: human, Proposal: pending[0], Status: drift.Approved, Actor: "alice"}
		if _, err := e.Reviewer.Decide(ctx, decision); err != nil {
			t.Fatal(err)
		}
	})
	if left := len(e.pending(human)); left != changed-1 {
		t.Errorf("pending after one approval: %d, want %d", left, changed-1)
	}
}

func created(t *testing.T, done drift.Scan, atLeast int) {
	t.Helper()
	ended(t, done, drift.ScanSucceeded)
	if done.Summary.Counts.Created < atLeast {
		t.Fatalf("created %d, want at least %d", done.Summary.Counts.Created, atLeast)
	}
}

func ended(t *testing.T, done drift.Scan, want drift.ScanStatus) {
	t.Helper()
	if done.Status != want {
		t.Fatalf("scan ended %s (%s), want %s", done.Status, done.Summary.Reason, want)
	}
}

// page reads one page of a source's drift, which must be full.
func (e *estate) page(source drift.Source, filter report.DriftFilter, limit int) {
	e.t.Helper()
	found, err := e.Report.Drift(e.t.Context(), source, filter, report.Span{Limit: limit})
	if err != nil {
		e.t.Fatal(err)
	}
	if len(found.Entities.Items) != limit || found.Totals.Total == 0 {
		e.t.Errorf("%d of %+v in the page, want %d", len(found.Entities.Items), found.Totals, limit)
	}
}
