package tabletest

import (
	"testing"
	"time"

	"plumbline/internal/table"
)

var expiryContracts = []contract{
	{"an item is there until the second it expires", untilTheSecond},
	{"an expiry is kept to the second", keptToTheSecond},
	{"an expired item can be created again, and lives again", livesAgain},
	{"a replacement changes the expiry", replacedExpiry},
	{"a walk passes over pages of expired items", walkPastExpired},
}

func (f *fixture) expiring(sk string, in time.Duration) table.Item {
	made := item(sk)
	made.Expires = f.clock.Now().Add(in)
	return made
}

func untilTheSecond(t *testing.T, f *fixture) {
	ten, kept := f.expiring("a", 10*time.Second), item("b")
	f.must(t, table.Put(ten, table.Absent), table.Put(kept, table.Absent))
	f.clock.Advance(9*time.Second + 999*time.Millisecond)
	f.holds(t, "p", ten, kept)
	f.must(t, table.Check(ten.Key, table.At(1)))
	f.clock.Advance(time.Millisecond)
	f.holds(t, "p", kept)
	_, err := f.Get(t.Context(), ten.Key)
	refused(t, err, table.ErrNotFound)
	got, err := f.BatchGet(t.Context(), []table.Key{ten.Key, kept.Key})
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, []table.Item{kept})
	f.must(t, table.Check(ten.Key, table.Absent))
	lost(t, f.Write(t.Context(), table.Delete(ten.Key, table.At(1))), ten.Key)
}

func keptToTheSecond(t *testing.T, f *fixture) {
	written := f.expiring("a", 5*time.Second+900*time.Millisecond)
	written.Expires = written.Expires.In(time.FixedZone("east", 3*60*60))
	f.must(t, table.Put(written, table.Absent))
	want := f.expiring("a", 5*time.Second)
	f.holds(t, "p", want)
	f.clock.Advance(5 * time.Second)
	f.holds(t, "p")
}

func livesAgain(t *testing.T, f *fixture) {
	f.must(t, table.Put(f.expiring("a", time.Second), table.Absent))
	f.clock.Advance(time.Minute)
	again := f.expiring("a", time.Second)
	f.must(t, table.Put(again, table.Absent))
	f.holds(t, "p", again)
	f.clock.Advance(time.Minute)
	f.must(t, table.Delete(again.Key, table.Absent))
	f.must(t, table.Delete(again.Key, table.Any))
	f.must(t, table.Put(item("a"), table.Absent))
	f.clock.Advance(time.Hour)
	f.holds(t, "p", item("a"))
}

func replacedExpiry(t *testing.T, f *fixture) {
	f.must(t, table.Put(f.expiring("longer", time.Minute), table.Absent), table.Put(f.expiring("forever", time.Minute), table.Absent))
	longer, forever := f.expiring("longer", time.Hour), item("forever")
	longer.Revision, forever.Revision = 2, 2
	f.must(t, table.Put(longer, table.At(1)), table.Put(forever, table.At(1)))
	f.clock.Advance(2 * time.Minute)
	f.holds(t, "p", forever, longer)
	f.clock.Advance(time.Hour)
	f.holds(t, "p", forever)
}

func walkPastExpired(t *testing.T, f *fixture) {
	var want []table.Item
	for i, sk := range numbered(40) {
		made := f.expiring(sk, time.Second)
		if i%10 == 9 {
			made = item(sk)
			want = append(want, made)
		}
		f.store(t, made)
	}
	f.clock.Advance(time.Second)
	for _, limit := range []int{0, 1, 3, 40} {
		same(t, f.all(t, table.Query{PK: "p", Limit: limit}), want)
	}
}
