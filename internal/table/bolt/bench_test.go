package bolt_test

import (
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"

	"plumbline/internal/table"
)

var benchBody = make([]byte, 300)

func benchItem(n int64) table.Item {
	return table.Item{Key: table.Key{PK: "p", SK: fmt.Sprintf("%08d", n)}, Revision: 1, Body: benchBody}
}

func benchTable(b *testing.B) table.Table {
	return open(b, filepath.Join(b.TempDir(), "table.db"), nil)
}

func BenchmarkPut(b *testing.B) {
	t := benchTable(b)
	var n int64
	for b.Loop() {
		n++
		if err := t.Write(b.Context(), table.Put(benchItem(n), table.Absent)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPut16 is 16 writers at once; ns/op is of one put among them all.
func BenchmarkPut16(b *testing.B) {
	t := benchTable(b)
	var n atomic.Int64
	b.SetParallelism(8) // a processor; the figures are told for 2
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := t.Write(b.Context(), table.Put(benchItem(n.Add(1)), table.Absent)); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

func BenchmarkWrite25(b *testing.B) {
	t := benchTable(b)
	var n int64
	for b.Loop() {
		ops := make([]table.Op, 25)
		for i := range ops {
			n++
			ops[i] = table.Put(benchItem(n), table.Absent)
		}
		if err := t.Write(b.Context(), ops...); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkQuery25(b *testing.B) {
	t := benchTable(b)
	items := make([]table.Item, 10_000)
	for n := range items {
		items[n] = benchItem(int64(n))
	}
	if err := t.BulkPut(b.Context(), items); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		page, err := t.Query(b.Context(), table.Query{PK: "p", From: items[5000].SK, Limit: 25})
		if err != nil || len(page.Items) != 25 {
			b.Fatal(len(page.Items), err)
		}
	}
}
