package tabletest

import (
	"slices"
	"testing"

	"plumbline/internal/table"
)

var batchGetContracts = []contract{
	{"items come in the order of the keys, absent ones left out", batchGetOrder},
	{"more keys than one round trip takes", batchGetMany},
	{"more bytes than one round trip takes", batchGetBig},
	{"a key twice is invalid", batchGetTwice},
	{"no keys give no items", batchGetNone},
}

func batchGetOrder(t *testing.T, f *fixture) {
	a, b, c := item("a"), item("b"), item("c")
	other := table.Item{Key: table.Key{PK: "o", SK: "b"}, Revision: 1}
	f.store(t, a, b, c, other)
	got, err := f.BatchGet(t.Context(), []table.Key{
		c.Key, {PK: "p", SK: "absent"}, other.Key, a.Key, {PK: "absent", SK: "a"}, b.Key,
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, []table.Item{c, other, a, b})
}

func batchGetMany(t *testing.T, f *fixture) {
	items := itemsOf(numbered(321))
	f.store(t, items...)
	slices.Reverse(items)
	got, err := f.BatchGet(t.Context(), keysOf(items))
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, items)
}

func batchGetBig(t *testing.T, f *fixture) {
	const most = 16 << 20
	var items []table.Item
	for _, sk := range numbered(most/table.MaxItem + 2) {
		items = append(items, sized(table.Key{PK: "p", SK: sk}, table.MaxItem))
	}
	f.store(t, items...)
	got, err := f.BatchGet(t.Context(), keysOf(items))
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, items)
}

func batchGetTwice(t *testing.T, f *fixture) {
	f.store(t, item("a"))
	_, err := f.BatchGet(t.Context(), []table.Key{{PK: "p", SK: "a"}, {PK: "p", SK: "b"}, {PK: "p", SK: "a"}})
	refused(t, err, table.ErrInvalid)
	keys := keysOf(itemsOf(numbered(150)))
	_, err = f.BatchGet(t.Context(), append(keys, keys[0]))
	refused(t, err, table.ErrInvalid)
}

func batchGetNone(t *testing.T, f *fixture) {
	got, err := f.BatchGet(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, nil)
}
