package tabletest

import (
	"testing"

	"plumbline/internal/table"
)

var writeContracts = []contract{
	{"puts, deletes and checks take place together", writeTogether},
	{"one condition that does not hold stops all ops", allOrNothing},
	{"a conflict lists exactly the failing keys in the order of the ops", conflictLists},
	{"a write of checks alone writes nothing", checksAlone},
	{"deleting twice is no error under Any", deletedTwice},
	{"a deleted item can be created again", createdAgain},
	{"two ops on one key are invalid", twoOpsOnOneKey},
	{"an op that is not well formed is invalid", badOps},
	{"a revision that does not follow is invalid", badRevisions},
}

func writeTogether(t *testing.T, f *fixture) {
	f.store(t, itemsOf([]string{"a", "b", "c", "d"})...)
	a := item("a")
	a.Revision, a.Body = 2, []byte("changed")
	other := table.Item{Key: table.Key{PK: "other", SK: "x"}, Revision: 1}
	f.must(t,
		table.Put(a, table.At(1)),
		table.Delete(table.Key{PK: "p", SK: "b"}, table.At(1)),
		table.Check(table.Key{PK: "p", SK: "c"}, table.At(1)),
		table.Put(item("e"), table.Absent),
		table.Delete(table.Key{PK: "p", SK: "absent"}, table.Any),
		table.Check(table.Key{PK: "p", SK: "nowhere"}, table.Absent),
		table.Put(other, table.Any),
	)
	f.holds(t, "p", a, item("c"), item("d"), item("e"))
	f.holds(t, "other", other)
}

func allOrNothing(t *testing.T, f *fixture) {
	before := itemsOf([]string{"a", "b", "c"})
	f.store(t, before...)
	a := item("a")
	a.Revision = 2
	holding := []table.Op{
		table.Put(a, table.At(1)), table.Delete(table.Key{PK: "p", SK: "b"}, table.At(1)), table.Put(item("d"), table.Absent),
	}
	wrong := item("c")
	wrong.Revision = 9
	for _, failing := range []table.Op{
		table.Put(wrong, table.At(8)), table.Put(wrong, table.Absent), table.Delete(wrong.Key, table.At(2)),
		table.Delete(wrong.Key, table.Absent), table.Check(wrong.Key, table.At(2)), table.Check(wrong.Key, table.Absent),
	} {
		for place := range len(holding) + 1 {
			ops := append(append(append([]table.Op(nil), holding[:place]...), failing), holding[place:]...)
			lost(t, f.Write(t.Context(), ops...), wrong.Key)
			f.holds(t, "p", before...)
		}
	}
}

func conflictLists(t *testing.T, f *fixture) {
	f.store(t, itemsOf([]string{"a", "b", "c", "d"})...)
	key := func(sk string) table.Key { return table.Key{PK: "p", SK: sk} }
	err := f.Write(t.Context(),
		table.Delete(key("z"), table.At(1)),
		table.Put(item("a"), table.Any),
		table.Check(key("d"), table.Absent),
		table.Check(key("b"), table.At(1)),
		table.Put(item("c"), table.Absent),
		table.Delete(key("y"), table.Any),
		table.Check(key("a0"), table.At(3)),
	)
	lost(t, err, key("z"), key("d"), key("c"), key("a0"))
	f.holds(t, "p", itemsOf([]string{"a", "b", "c", "d"})...)
}

func checksAlone(t *testing.T, f *fixture) {
	f.store(t, item("a"))
	absent := table.Key{PK: "p", SK: "b"}
	f.must(t, table.Check(item("a").Key, table.At(1)), table.Check(absent, table.Absent))
	lost(t, f.Write(t.Context(), table.Check(item("a").Key, table.At(2))), item("a").Key)
	lost(t, f.Write(t.Context(), table.Check(absent, table.At(1))), absent)
	f.holds(t, "p", item("a"))
}

func deletedTwice(t *testing.T, f *fixture) {
	f.store(t, item("a"), item("b"))
	for range 2 {
		f.must(t, table.Delete(item("a").Key, table.Any))
	}
	f.must(t, table.Delete(item("b").Key, table.At(1)))
	lost(t, f.Write(t.Context(), table.Delete(item("b").Key, table.At(1))), item("b").Key)
	f.holds(t, "p")
}

func createdAgain(t *testing.T, f *fixture) {
	for range 3 {
		f.must(t, table.Put(item("a"), table.Absent))
		f.must(t, table.Delete(item("a").Key, table.At(1)))
	}
	f.holds(t, "p")
}

func twoOpsOnOneKey(t *testing.T, f *fixture) {
	a := item("a")
	ops := map[string]table.Op{
		"put": table.Put(a, table.Any), "delete": table.Delete(a.Key, table.Any), "check": table.Check(a.Key, table.Absent),
	}
	for _, first := range ops {
		for _, second := range ops {
			refused(t, f.Write(t.Context(), first, table.Put(item("b"), table.Any), second), table.ErrInvalid)
		}
	}
	f.holds(t, "p")
}

func badOps(t *testing.T, f *fixture) {
	for _, ops := range [][]table.Op{
		nil,
		{{Item: item("a")}},
		{{Kind: table.OpCheck + 1, Item: item("a")}},
		{table.Put(item("b"), table.Any), table.Check(item("a").Key, table.Any)},
	} {
		refused(t, f.Write(t.Context(), ops...), table.ErrInvalid)
	}
	f.holds(t, "p")
}

func badRevisions(t *testing.T, f *fixture) {
	at5 := item("a")
	at5.Revision = 5
	f.store(t, at5)
	for _, revision := range []int64{-1, 0, 1, 4, 5} {
		again := at5
		again.Revision = revision
		refused(t, f.Write(t.Context(), table.Put(again, table.At(5))), table.ErrInvalid)
	}
	for _, when := range []table.Condition{table.Any, table.Absent} {
		for _, revision := range []int64{0, -1} {
			created := item("b")
			created.Revision = revision
			refused(t, f.Write(t.Context(), table.Put(created, when)), table.ErrInvalid)
			refused(t, f.BulkPut(t.Context(), []table.Item{created}), table.ErrInvalid)
		}
	}
	f.holds(t, "p", at5)
	at9 := at5
	at9.Revision = 9 // a gap is no mistake
	f.must(t, table.Put(at9, table.At(5)))
	f.holds(t, "p", at9)
}
