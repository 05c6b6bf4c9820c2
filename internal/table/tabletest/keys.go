package tabletest

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/table"
)

var keyContracts = []contract{
	{"sort keys come in the order of their bytes", sortKeysByBytes},
	{"a NUL does not move an item to another partition", nulStaysInPartition},
	{"partitions whose keys share a prefix are apart", partitionsApart},
	{"keys of the greatest length are kept", longestKeys},
	{"an empty or too long key is invalid in every call", badKeys},
}

func sortKeysByBytes(t *testing.T, f *fixture) {
	sks := []string{
		"a\xff", "aa", "a", "a\x00b", "a\x00", "a\x01", "b", "z", "Z", "A", "~", "_",
		"10", "2", "1", "0", "/", "#", " ", "\x00\xff", "\x00\x00", "\x00", "\x01", "\x00\x01",
		"\xff\xff", "\xff", "\xff\x00", "🜨", "\uffff", "日本語", "日本", "ß", "é", "e\u0301", "\x7f",
	}
	for _, sk := range sks {
		f.must(t, table.Put(item(sk), table.Absent))
	}
	slices.SortFunc(sks, func(a, b string) int { return bytes.Compare([]byte(a), []byte(b)) })
	f.holds(t, "p", itemsOf(sks)...)
	slices.Reverse(sks)
	same(t, f.all(t, table.Query{PK: "p", Backward: true}), itemsOf(sks))
}

func nulStaysInPartition(t *testing.T, f *fixture) {
	keys := []table.Key{
		{PK: "a", SK: "b"}, {PK: "a\x00", SK: "b"}, {PK: "a", SK: "\x00b"}, {PK: "a\x00b", SK: "c"},
		{PK: "a\x00\x01", SK: "b"}, {PK: "a", SK: "\x01b"}, {PK: "a\x00\xff", SK: "b"}, {PK: "a\xff", SK: "b"},
		{PK: "\x00", SK: "\x00"}, {PK: "\x00\x00", SK: "\x00"}, {PK: "\x00", SK: "\x00\x00"}, {PK: "\xff", SK: "\xff"},
	}
	inPartition := make(map[string]int)
	for _, key := range keys {
		f.must(t, table.Put(table.Item{Key: key, Revision: 1, Body: []byte(key.String())}, table.Absent))
		inPartition[key.PK]++
	}
	for _, key := range keys {
		got, err := f.Get(t.Context(), key)
		if err != nil || string(got.Body) != key.String() {
			t.Errorf("get %q: %q, %v", key, got.Body, err)
		}
	}
	for pk, want := range inPartition {
		for _, backward := range []bool{false, true} {
			if got := f.all(t, table.Query{PK: pk, Backward: backward}); len(got) != want {
				t.Errorf("partition %q, backward %t: %d items, want %d", pk, backward, len(got), want)
			}
		}
	}
}

func partitionsApart(t *testing.T, f *fixture) {
	pks := []string{"env", "env/", "env/a", "en", "envy", "日", "日本"}
	for _, pk := range pks {
		f.store(t, table.Item{Key: table.Key{PK: pk, SK: "x"}, Revision: 1, Body: []byte(pk)})
	}
	for _, pk := range pks {
		f.holds(t, pk, table.Item{Key: table.Key{PK: pk, SK: "x"}, Revision: 1, Body: []byte(pk)})
	}
	f.holds(t, "e")
	f.holds(t, "env/a/b")
}

func longestKeys(t *testing.T, f *fixture) {
	for _, fill := range []string{"k", "\x00", "\xff"} {
		longest := table.Item{Revision: 1, Key: table.Key{
			PK: strings.Repeat(fill, table.MaxPK), SK: strings.Repeat(fill, table.MaxSK),
		}}
		f.must(t, table.Put(longest, table.Absent))
		f.holds(t, longest.PK, longest)
		same(t, f.all(t, table.Query{PK: longest.PK, After: longest.SK}), nil)
		same(t, f.all(t, table.Query{PK: longest.PK, From: longest.SK}), []table.Item{longest})
	}
}

func badKeys(t *testing.T, f *fixture) {
	ctx := t.Context()
	for _, key := range []table.Key{
		{PK: "", SK: "s"}, {PK: "p", SK: ""}, {},
		{PK: strings.Repeat("p", table.MaxPK+1), SK: "s"}, {PK: "p", SK: strings.Repeat("s", table.MaxSK+1)},
	} {
		bad := table.Item{Key: key, Revision: 1}
		_, err := f.Get(ctx, key)
		refused(t, err, table.ErrInvalid)
		_, err = f.BatchGet(ctx, []table.Key{{PK: "p", SK: "s"}, key})
		refused(t, err, table.ErrInvalid)
		refused(t, f.Write(ctx, table.Put(item("s"), table.Any), table.Put(bad, table.Any)), table.ErrInvalid)
		refused(t, f.Write(ctx, table.Delete(key, table.Any)), table.ErrInvalid)
		refused(t, f.Write(ctx, table.Check(key, table.Absent)), table.ErrInvalid)
		refused(t, f.BulkPut(ctx, []table.Item{item("s"), bad}), table.ErrInvalid)
	}
	f.holds(t, "p")
}
