package tabletest

import (
	"slices"
	"testing"

	"plumbline/internal/table"
)

var pageContracts = []contract{
	{"pages of every limit join to the whole", pagesJoin},
	{"a page ends before 1 MB of items", pageEndsBySize},
	{"a page takes no more than Limit and no more than 1 MB", pageEndsByBoth},
	{"a cursor outlives what is written between two pages", cursorOutlivesWrites},
}

func pagesJoin(t *testing.T, f *fixture) {
	items := itemsOf(numbered(12))
	f.store(t, items...)
	for _, backward := range []bool{false, true} {
		want := slices.Clone(items)
		if backward {
			slices.Reverse(want)
		}
		for _, limit := range []int{1, 2, 3, 5, 11, 12, 13, 1000} {
			pages := f.pages(t, table.Query{PK: "p", Limit: limit, Backward: backward})
			same(t, slices.Concat(pages...), want)
			for _, page := range pages[:len(items)/limit] {
				same(t, len(page), limit)
			}
		}
	}
}

func pageEndsBySize(t *testing.T, f *fixture) {
	for pk, sizes := range map[string][]int{
		"two and a rest":      {table.MaxItem, table.MaxItem, table.MaxItem, 200, table.MaxItem},
		"exactly a page":      {table.MaxItem, table.MaxItem, table.MaxPage - 2*table.MaxItem},
		"a byte over a page":  {table.MaxItem, table.MaxItem, table.MaxPage - 2*table.MaxItem + 1},
		"a page and then one": {table.MaxItem, table.MaxItem, table.MaxPage - 2*table.MaxItem, 100},
	} {
		var items []table.Item
		for i, sk := range numbered(len(sizes)) {
			items = append(items, sized(table.Key{PK: pk, SK: sk}, sizes[i]))
		}
		f.store(t, items...)
		f.holds(t, pk, items...)
		slices.Reverse(items)
		same(t, f.all(t, table.Query{PK: pk, Backward: true}), items)
	}
}

func pageEndsByBoth(t *testing.T, f *fixture) {
	var items []table.Item
	for _, sk := range numbered(7) {
		items = append(items, sized(table.Key{PK: "p", SK: sk}, table.MaxItem))
	}
	f.store(t, items...)
	for _, limit := range []int{1, 2, 3, 7} {
		same(t, f.all(t, table.Query{PK: "p", Limit: limit}), items)
	}
}

func cursorOutlivesWrites(t *testing.T, f *fixture) {
	f.store(t, itemsOf([]string{"b", "d", "f", "h"})...)
	page, err := f.Query(t.Context(), table.Query{PK: "p", Limit: 2})
	if err != nil {
		t.Fatal(err)
	}
	same(t, sortKeysOf(page.Items), []string{"b", "d"})
	same(t, page.Next, "d")
	f.store(t, itemsOf([]string{"a", "c", "e"})...)
	f.must(t, table.Delete(table.Key{PK: "p", SK: "f"}, table.Any))
	same(t, sortKeysOf(f.all(t, table.Query{PK: "p", After: page.Next})), []string{"e", "h"})
}
