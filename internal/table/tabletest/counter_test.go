package tabletest_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/table"
	"plumbline/internal/table/memory"
	"plumbline/internal/table/tabletest"
)

func TestCounterCountsByMethod(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	counter := &tabletest.Counter{Table: memory.New(nil)}
	a, b := table.Item{Key: key, Revision: 1, Body: []byte("12345")}, table.Item{Key: table.Key{PK: "p", SK: "b"}, Revision: 1}
	if err := counter.BulkPut(ctx, []table.Item{a, b}); err != nil {
		t.Fatal(err)
	}
	a.Revision = 2
	ops := []table.Op{table.Put(a, table.At(1)), table.Delete(table.Key{PK: "p", SK: "c"}, table.Any), table.Check(b.Key, table.At(1))}
	if err := counter.Write(ctx, ops...); err != nil {
		t.Fatal(err)
	}
	if err := counter.Write(ctx, ops...); !errors.Is(err, table.ErrConflict) {
		t.Fatal(err)
	}
	for _, name := range []string{"get", "batch get", "query"} {
		if _, err := calls[name](ctx, counter); err != nil {
			t.Fatal(err)
		}
	}
	both := table.Size(a) + table.Size(b)
	want := map[tabletest.Method]tabletest.Count{
		tabletest.Get:      {Calls: 1, ItemsRead: 1, BytesRead: table.Size(a)},
		tabletest.BatchGet: {Calls: 1, ItemsRead: 1, BytesRead: table.Size(a)},
		tabletest.Query:    {Calls: 1, ItemsRead: 2, BytesRead: both},
		tabletest.Write:    {Calls: 2, ItemsWritten: 2, BytesWritten: table.Size(a) + len("pc"), Checks: 1},
		tabletest.BulkPut:  {Calls: 1, ItemsWritten: 2, BytesWritten: both},
	}
	for method, count := range want {
		if diff := cmp.Diff(count, counter.Of(method)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", method, diff)
		}
	}
	total := tabletest.Count{
		Calls: 6, ItemsRead: 4, BytesRead: 2*table.Size(a) + both,
		ItemsWritten: 4, BytesWritten: both + table.Size(a) + len("pc"), Checks: 1,
	}
	if diff := cmp.Diff(total, counter.Total()); diff != "" {
		t.Errorf("total: -want +got:\n%s", diff)
	}
	counter.Reset()
	if got := counter.Total(); got != (tabletest.Count{}) {
		t.Errorf("after Reset: %+v", got)
	}
}
