package tabletest

import (
	"testing"

	"plumbline/internal/table"
)

var getContracts = []contract{
	{"an item is read as it was written", getWhatWasPut},
	{"an empty body is a body", emptyBody},
	{"an absent item is not found", getAbsent},
	{"a great revision is exact", greatRevision},
}

func getWhatWasPut(t *testing.T, f *fixture) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	want := table.Item{Key: table.Key{PK: "acme/shop", SK: `entity/aws_subnet.a["eu"]`}, Revision: 7, Body: every}
	f.must(t, table.Put(want, table.Absent))
	got, err := f.Get(t.Context(), want.Key)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, want)
}

func emptyBody(t *testing.T, f *fixture) {
	for _, body := range [][]byte{nil, {}} {
		want := table.Item{Key: table.Key{PK: "p", SK: "s"}, Revision: 1, Body: body}
		f.must(t, table.Put(want, table.Any))
		f.holds(t, "p", want)
	}
}

func getAbsent(t *testing.T, f *fixture) {
	f.store(t, item("s"))
	for _, key := range []table.Key{{PK: "p", SK: "t"}, {PK: "q", SK: "s"}, {PK: "p", SK: "s\x00"}} {
		got, err := f.Get(t.Context(), key)
		refused(t, err, table.ErrNotFound)
		same(t, got, table.Item{})
	}
}

func greatRevision(t *testing.T, f *fixture) {
	great := item("s")
	great.Revision = 1<<63 - 2
	f.must(t, table.Put(great, table.Absent))
	f.holds(t, "p", great)
	next := great
	next.Revision++
	f.must(t, table.Put(next, table.At(great.Revision)))
	f.holds(t, "p", next)
}
