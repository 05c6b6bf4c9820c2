package tabletest

import (
	"testing"

	"plumbline/internal/table"
)

var memoryContracts = []contract{
	{"what was written is the caller's to change", writtenIsCopied},
	{"what was read is the caller's to change", readIsCopied},
}

// scribble overwrites the bytes of bodies and appends to them.
func scribble(items ...table.Item) {
	for _, one := range items {
		body := one.Body
		for i := range body {
			body[i] = '!'
		}
		_ = append(body, "!!!!"...)
	}
}

func writtenIsCopied(t *testing.T, f *fixture) {
	put, bulk := []table.Item{item("a"), item("b")}, []table.Item{item("c"), item("d")}
	f.must(t, table.Put(put[0], table.Absent), table.Put(put[1], table.Any))
	f.store(t, bulk...)
	scribble(put...)
	scribble(bulk...)
	f.holds(t, "p", itemsOf([]string{"a", "b", "c", "d"})...)
}

func readIsCopied(t *testing.T, f *fixture) {
	want := itemsOf([]string{"a", "b", "c"})
	f.store(t, itemsOf([]string{"a", "b", "c"})...)
	for _, sk := range numbered(10) { // enough that a file has pages of its own for them
		f.store(t, sized(table.Key{PK: "filler", SK: sk}, 4000))
	}
	got, err := f.Get(t.Context(), want[1].Key)
	if err != nil {
		t.Fatal(err)
	}
	batch, err := f.BatchGet(t.Context(), keysOf(want))
	if err != nil {
		t.Fatal(err)
	}
	page, err := f.Query(t.Context(), table.Query{PK: "p"})
	if err != nil {
		t.Fatal(err)
	}
	scribble(got)
	same(t, batch, want)
	scribble(batch...)
	same(t, page.Items, want)
	scribble(page.Items...)
	f.holds(t, "p", want...)
}
