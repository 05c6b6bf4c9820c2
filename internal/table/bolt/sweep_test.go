package bolt_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"plumbline/internal/table"
	"plumbline/internal/table/bolt"
	"plumbline/internal/table/tabletest"
)

// swept sweeps and checks how many items that deleted.
func swept(t *testing.T, opened *bolt.Table, limit, want int) {
	t.Helper()
	got, err := opened.Sweep(t.Context(), limit)
	if err != nil || got != want {
		t.Errorf("swept %d, %v, want %d", got, err, want)
	}
}

func TestSweepDeletesWhatHasExpired(t *testing.T) {
	t.Parallel()
	clock := tabletest.NewClock(time.Unix(1_800_000_000, 0))
	opened := open(t, filepath.Join(t.TempDir(), "table.db"), clock.Now)
	item := func(n int, in time.Duration) table.Item {
		return table.Item{Key: table.Key{PK: "p", SK: fmt.Sprint(n)}, Revision: 1, Expires: clock.Now().Add(in)}
	}
	forever := table.Item{Key: table.Key{PK: "p", SK: "forever"}, Revision: 1}
	ancient := table.Item{Key: table.Key{PK: "p", SK: "ancient"}, Revision: 1, Expires: time.Unix(-5, 0)}
	items := []table.Item{forever, ancient}
	for n := range 5 {
		items = append(items, item(n, time.Duration(n+1)*time.Second))
	}
	if err := opened.BulkPut(t.Context(), items); err != nil {
		t.Fatal(err)
	}
	swept(t, opened, 0, 1) // the ancient one
	clock.Advance(3 * time.Second)
	swept(t, opened, 2, 2)
	swept(t, opened, 2, 1)
	swept(t, opened, 2, 0)
	clock.Advance(time.Hour)
	longer, never := item(3, time.Hour), items[6]
	never.Expires = time.Time{}
	if err := opened.Write(t.Context(), table.Put(longer, table.Absent), table.Put(never, table.Absent)); err != nil {
		t.Fatal(err)
	}
	swept(t, opened, 0, 0) // both were put again; their old expiry is forgotten
	clock.Advance(time.Hour)
	swept(t, opened, 0, 1)
	page, err := opened.Query(t.Context(), table.Query{PK: "p"})
	if err != nil || len(page.Items) != 2 {
		t.Errorf("%d items are left, %v, want 2", len(page.Items), err)
	}
}

func TestSweepLetsExpiredItemsNoLongerCountTowardsALimit(t *testing.T) {
	t.Parallel()
	clock := tabletest.NewClock(time.Unix(1_800_000_000, 0))
	opened := open(t, filepath.Join(t.TempDir(), "table.db"), clock.Now)
	gone := table.Item{Key: table.Key{PK: "p", SK: "a"}, Revision: 1, Expires: clock.Now()}
	kept := table.Item{Key: table.Key{PK: "p", SK: "b"}, Revision: 1}
	if err := opened.BulkPut(t.Context(), []table.Item{gone, kept}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{0, 1} {
		page, err := opened.Query(t.Context(), table.Query{PK: "p", Limit: 1})
		if err != nil || len(page.Items) != want {
			t.Errorf("%d items, %v, want %d", len(page.Items), err, want)
		}
		swept(t, opened, 0, 1-want)
	}
}
