package tabletest

import (
	"testing"

	"plumbline/internal/table"
)

var limitContracts = []contract{
	{"100 ops are a write, 101 are invalid", opLimit},
	{"an item of the limit is stored, a byte more is too large", itemLimit},
	{"a transaction of the limit is stored, a byte more is too large", transactionLimit},
	{"of a delete and a check only the key counts", keysCount},
}

func opLimit(t *testing.T, f *fixture) {
	items := itemsOf(numbered(table.MaxOps + 1))
	var ops []table.Op
	for _, one := range items {
		ops = append(ops, table.Put(one, table.Absent))
	}
	refused(t, f.Write(t.Context(), ops...), table.ErrInvalid)
	f.holds(t, "p")
	f.must(t, ops[:table.MaxOps]...)
	f.holds(t, "p", items[:table.MaxOps]...)
}

func itemLimit(t *testing.T, f *fixture) {
	largest := sized(table.Key{PK: "p", SK: "largest"}, table.MaxItem)
	over := sized(table.Key{PK: "p", SK: "over"}, table.MaxItem+1)
	f.must(t, table.Put(largest, table.Absent))
	refused(t, f.Write(t.Context(), table.Put(item("a"), table.Any), table.Put(over, table.Any)), table.ErrTooLarge)
	f.holds(t, "p", largest)
}

func transactionLimit(t *testing.T, f *fixture) {
	full, rest := table.MaxTransaction/table.MaxItem, table.MaxTransaction%table.MaxItem
	var items []table.Item
	var ops []table.Op
	for i, sk := range numbered(full + 1) {
		size := table.MaxItem
		if i == full {
			size = rest
		}
		items = append(items, sized(table.Key{PK: "p", SK: sk}, size))
		ops = append(ops, table.Put(items[i], table.Absent))
	}
	over := append([]table.Op(nil), ops...)
	over[full] = table.Put(sized(items[full].Key, rest+1), table.Absent)
	refused(t, f.Write(t.Context(), over...), table.ErrTooLarge)
	f.holds(t, "p")
	f.must(t, ops...)
	f.holds(t, "p", items...)
}

func keysCount(t *testing.T, f *fixture) {
	var ops []table.Op
	for i, sk := range numbered(20) {
		over := sized(table.Key{PK: "p", SK: sk}, table.MaxItem+1)
		ops = append(ops, table.Op{Kind: table.OpDelete, Item: over})
		if i%2 == 0 {
			ops[i] = table.Op{Kind: table.OpCheck, Item: over, If: table.Absent}
		}
	}
	f.must(t, ops...)
}
