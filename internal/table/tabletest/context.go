package tabletest

import (
	"context"
	"testing"

	"plumbline/internal/table"
)

var contextContracts = []contract{
	{"a cancelled context stops every call before it starts", cancelledContext},
}

func cancelledContext(t *testing.T, f *fixture) {
	f.store(t, item("a"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a, b := item("a"), item("b")
	_, err := f.Get(ctx, a.Key)
	refused(t, err, context.Canceled)
	_, err = f.BatchGet(ctx, []table.Key{a.Key})
	refused(t, err, context.Canceled)
	_, err = f.Query(ctx, table.Query{PK: "p"})
	refused(t, err, context.Canceled)
	refused(t, f.Write(ctx, table.Put(b, table.Absent)), context.Canceled)
	refused(t, f.Write(ctx, table.Delete(a.Key, table.Any)), context.Canceled)
	refused(t, f.Write(ctx, table.Check(a.Key, table.At(1))), context.Canceled)
	refused(t, f.BulkPut(ctx, []table.Item{b}), context.Canceled)
	f.holds(t, "p", a)
}
