package tabletest

import (
	"fmt"
	"testing"

	"plumbline/internal/table"
)

var conditionContracts = []contract{
	{"each op under each condition on each state of the item", conditionsEachWay},
	{"a replaced item no longer has its old revision", oldRevisionIsGone},
}

// conditionsEachWay is the table
//
//	item     Any    Absent    At(2)
//	absent   yes    yes       no
//	at 1     yes    no        no
//	at 2     yes    no        yes
//	at 3     yes    no        no
//	expired  yes    yes       no      (it was at 2)
func conditionsEachWay(t *testing.T, f *fixture) {
	states := []struct {
		name     string
		revision int64 // 0: nothing stored
		expired  bool
		absent   bool // what Absent gives
		at2      bool // what At(2) gives
	}{
		{"absent", 0, false, true, false},
		{"at 1", 1, false, false, false},
		{"at 2", 2, false, false, true},
		{"at 3", 3, false, false, false},
		{"expired", 2, true, true, false},
	}
	for _, state := range states {
		for when, holds := range map[table.Condition]bool{
			table.Any: true, table.Absent: state.absent, table.At(2): state.at2,
		} {
			for _, kind := range []table.OpKind{table.OpPut, table.OpDelete, table.OpCheck} {
				if kind == table.OpCheck && when.IsAny() {
					continue
				}
				before := item(fmt.Sprintf("%s/%v/%d", state.name, when, kind))
				before.Revision = state.revision
				if state.expired {
					before.Expires = f.clock.Now()
				}
				if state.revision > 0 {
					f.store(t, before)
				}
				after := before
				after.Revision, after.Expires = 10, f.clock.Now().Add(1e9)
				err := f.Write(t.Context(), table.Op{Kind: kind, Item: after, If: when})
				if holds != (err == nil) {
					t.Errorf("%s: error %v, want that it holds: %t", before.SK, err, holds)
				}
				if !holds {
					lost(t, err, before.Key)
				}
			}
		}
	}
}

func oldRevisionIsGone(t *testing.T, f *fixture) {
	one := item("a")
	f.must(t, table.Put(one, table.Absent))
	two := one
	two.Revision, two.Body = 2, []byte("two")
	f.must(t, table.Put(two, table.At(1)))
	three := two
	three.Revision, three.Body = 3, []byte("three")
	lost(t, f.Write(t.Context(), table.Put(three, table.At(1))), one.Key)
	lost(t, f.Write(t.Context(), table.Delete(one.Key, table.At(1))), one.Key)
	lost(t, f.Write(t.Context(), table.Put(three, table.Absent)), one.Key)
	f.holds(t, "p", two)
}
