package tabletest_test

import (
	"context"
	"errors"
	"testing"

	"plumbline/internal/table"
	"plumbline/internal/table/memory"
	"plumbline/internal/table/tabletest"
)

var key = table.Key{PK: "p", SK: "a"}

// calls are one of each method; those that write store one item under key.
var calls = map[string]func(context.Context, table.Table) (results int, err error){
	"get": func(ctx context.Context, t table.Table) (int, error) {
		item, err := t.Get(ctx, key)
		return len(item.SK), err
	},
	"batch get": func(ctx context.Context, t table.Table) (int, error) {
		items, err := t.BatchGet(ctx, []table.Key{key})
		return len(items), err
	},
	"query": func(ctx context.Context, t table.Table) (int, error) {
		page, err := t.Query(ctx, table.Query{PK: "p"})
		return len(page.Items), err
	},
	"write": func(ctx context.Context, t table.Table) (int, error) {
		return 0, t.Write(ctx, table.Put(table.Item{Key: key, Revision: 2}, table.Any))
	},
	"bulk put": func(ctx context.Context, t table.Table) (int, error) {
		return 0, t.BulkPut(ctx, []table.Item{{Key: key, Revision: 2}})
	},
}

func TestFaultyStrikesOnce(t *testing.T) {
	t.Parallel()
	for name, call := range calls {
		for _, when := range []tabletest.Moment{tabletest.Before, tabletest.After} {
			inner := memory.New(nil)
			if err := inner.BulkPut(t.Context(), []table.Item{{Key: key, Revision: 1}}); err != nil {
				t.Fatal(err)
			}
			faulty := &tabletest.Faulty{Table: inner, Call: 2, When: when}
			if _, err := faulty.Get(t.Context(), key); err != nil || faulty.Struck() {
				t.Errorf("%s: first call: %v, struck %t", name, err, faulty.Struck())
			}
			results, err := call(t.Context(), faulty)
			if !errors.Is(err, tabletest.ErrFault) || results != 0 || !faulty.Struck() {
				t.Errorf("%s: %d results, %v, struck %t", name, results, err, faulty.Struck())
			}
			got, err := faulty.Get(t.Context(), key)
			if err != nil {
				t.Errorf("%s: third call: %v", name, err)
			}
			applied := when == tabletest.After && (name == "write" || name == "bulk put")
			if want := map[bool]int64{false: 1, true: 2}[applied]; got.Revision != want {
				t.Errorf("%s, moment %d: revision %d, want %d", name, when, got.Revision, want)
			}
		}
	}
}

func TestFaultyGivesTheWantedError(t *testing.T) {
	t.Parallel()
	faulty := &tabletest.Faulty{Table: memory.New(nil), Call: 1, Err: &table.ConflictError{}}
	err := faulty.Write(t.Context(), table.Put(table.Item{Key: key, Revision: 1}, table.Any))
	if !errors.Is(err, table.ErrConflict) {
		t.Errorf("error %v, want a conflict", err)
	}
}

func TestFaultyAfterLosesTheAnswer(t *testing.T) {
	t.Parallel()
	faulty := &tabletest.Faulty{Table: memory.New(nil), Call: 1, When: tabletest.After}
	_, err := faulty.Get(t.Context(), key)
	if !errors.Is(err, tabletest.ErrFault) || errors.Is(err, table.ErrNotFound) {
		t.Errorf("error %v, want the fault alone", err)
	}
}
