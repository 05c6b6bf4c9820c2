package tabletest

import (
	"testing"

	"plumbline/internal/table"
)

var bulkPutContracts = []contract{
	{"1,000 items in any order are all stored", bulkMany},
	{"more bytes than a transaction takes", bulkBig},
	{"storing again stores the same", bulkAgain},
	{"an item too large is refused before anything is stored", bulkTooLarge},
	{"a key twice is invalid", bulkTwice},
	{"no items are no error", bulkNone},
}

func bulkMany(t *testing.T, f *fixture) {
	items := itemsOf(numbered(1000))
	shuffled := make([]table.Item, len(items))
	for i := range items {
		shuffled[i] = items[i*7%len(items)]
	}
	f.store(t, shuffled...)
	f.holds(t, "p", items...)
}

func bulkBig(t *testing.T, f *fixture) {
	var items []table.Item
	for _, sk := range numbered(2*table.MaxTransaction/table.MaxItem + 3) {
		items = append(items, sized(table.Key{PK: "p", SK: sk}, table.MaxItem))
	}
	f.store(t, items...)
	f.holds(t, "p", items...)
}

func bulkAgain(t *testing.T, f *fixture) {
	items := itemsOf(numbered(60))
	f.store(t, items[:40]...)
	f.store(t, items[20:]...)
	f.holds(t, "p", items...)
	f.must(t, table.Check(items[30].Key, table.At(1)))
}

func bulkTooLarge(t *testing.T, f *fixture) {
	items := append(itemsOf(numbered(60)), sized(table.Key{PK: "p", SK: "over"}, table.MaxItem+1))
	refused(t, f.BulkPut(t.Context(), items), table.ErrTooLarge)
	f.holds(t, "p")
}

func bulkTwice(t *testing.T, f *fixture) {
	items := itemsOf(numbered(60))
	refused(t, f.BulkPut(t.Context(), append(items, items[0])), table.ErrInvalid)
	f.holds(t, "p")
}

func bulkNone(t *testing.T, f *fixture) {
	if err := f.BulkPut(t.Context(), nil); err != nil {
		t.Error(err)
	}
}
