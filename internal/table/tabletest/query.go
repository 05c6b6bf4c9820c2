package tabletest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/table"
)

var queryContracts = []contract{
	{"every combination of From, To, After, direction and Limit", everyRange},
	{"a prefix is read by From and PrefixEnd", prefixRange},
	{"an After whose item is deleted goes on behind it", afterDeleted},
	{"an empty partition gives an empty page", emptyPartition},
	{"a query that is not well formed is invalid", badQueries},
}

// everyRange compares with the plain definition of a query: the bounds stand on
// items, between them and outside.
func everyRange(t *testing.T, f *fixture) {
	sks := []string{"b", "d", "d\x00", "d\xff", "f", "h"}
	f.store(t, itemsOf(sks)...)
	f.store(t, table.Item{Key: table.Key{PK: "o", SK: "c"}, Revision: 1}, table.Item{Key: table.Key{PK: "q", SK: "c"}, Revision: 1})
	bounds := []string{"", "a", "b", "d", "d\x00", "e", "h", "i"}
	if testing.Short() {
		bounds = []string{"", "b", "e", "i"}
	}
	for _, from := range bounds {
		for _, to := range bounds {
			for _, after := range bounds {
				for _, backward := range []bool{false, true} {
					query := table.Query{PK: "p", From: from, To: to, After: after, Backward: backward}
					for _, query.Limit = range []int{0, 1, 2, len(sks)} {
						got := sortKeysOf(f.all(t, query))
						if want := inRange(sks, query); !slices.Equal(got, want) {
							t.Errorf("%s: %q, want %q", describe(query), got, want)
						}
					}
				}
			}
		}
	}
}

// inRange is the definition of [table.Query], over sort keys in their order.
func inRange(sks []string, query table.Query) []string {
	var in []string
	for _, sk := range sks {
		behind := query.After == "" || sk > query.After
		if query.Backward {
			behind = query.After == "" || sk < query.After
		}
		if behind && sk >= query.From && (query.To == "" || sk < query.To) {
			in = append(in, sk)
		}
	}
	if query.Backward {
		slices.Reverse(in)
	}
	return in
}

func describe(query table.Query) string {
	return fmt.Sprintf("from %q to %q after %q backward %t limit %d",
		query.From, query.To, query.After, query.Backward, query.Limit)
}

func prefixRange(t *testing.T, f *fixture) {
	f.store(t, itemsOf([]string{"a", "a/", "a/1", "a/\xff", "a/\xff\xff", "a0", "b", "\xff", "\xff\xff", "\xff\xffa"})...)
	for prefix, want := range map[string][]string{
		"a/":       {"a/", "a/1", "a/\xff", "a/\xff\xff"},
		"a/\xff":   {"a/\xff", "a/\xff\xff"},
		"a":        {"a", "a/", "a/1", "a/\xff", "a/\xff\xff", "a0"},
		"\xff\xff": {"\xff\xff", "\xff\xffa"},
		"c":        nil,
	} {
		query := table.Query{PK: "p", From: prefix, To: table.PrefixEnd(prefix)}
		same(t, sortKeysOf(f.all(t, query)), want)
		query.Backward = true
		slices.Reverse(want)
		same(t, sortKeysOf(f.all(t, query)), want)
	}
}

func afterDeleted(t *testing.T, f *fixture) {
	f.store(t, itemsOf([]string{"a", "b", "c", "d", "e"})...)
	page, err := f.Query(t.Context(), table.Query{PK: "p", Limit: 3})
	if err != nil {
		t.Fatal(err)
	}
	same(t, page.Next, "c")
	f.must(t, table.Delete(table.Key{PK: "p", SK: "c"}, table.Any))
	same(t, sortKeysOf(f.all(t, table.Query{PK: "p", After: "c"})), []string{"d", "e"})
	same(t, sortKeysOf(f.all(t, table.Query{PK: "p", After: "c", Backward: true})), []string{"b", "a"})
}

func emptyPartition(t *testing.T, f *fixture) {
	f.store(t, item("a"))
	for _, pk := range []string{"o", "q", "pp", "p\x00"} {
		same(t, f.all(t, table.Query{PK: pk}), nil)
		same(t, f.all(t, table.Query{PK: pk, Backward: true, Limit: 1}), nil)
	}
}

func badQueries(t *testing.T, f *fixture) {
	long := strings.Repeat("s", table.MaxSK+1)
	for _, query := range []table.Query{
		{}, {PK: strings.Repeat("p", table.MaxPK+1)}, {PK: "p", Limit: -1},
		{PK: "p", From: long}, {PK: "p", To: long}, {PK: "p", After: long},
	} {
		_, err := f.Query(t.Context(), query)
		refused(t, err, table.ErrInvalid)
	}
}
