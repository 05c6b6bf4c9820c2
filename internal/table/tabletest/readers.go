package tabletest

import (
	"sync"
	"testing"

	"plumbline/internal/table"
)

// readersSeeWhole rewrites a run of items, all at one revision, in writes of the
// whole run; a read of one item must always find it, and never an older revision
// than it found before.
func readersSeeWhole(t *testing.T, f *fixture) {
	items := itemsOf(numbered(20))
	f.store(t, items...)
	keys := keysOf(items)
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() { f.readUntil(t, done, keys) })
	}
	for revision := int64(2); revision <= 40; revision++ {
		var ops []table.Op
		for i := range items {
			items[i].Revision = revision
			ops = append(ops, table.Put(items[i], table.At(revision-1)))
		}
		if err := f.settled(t.Context(), ops...); err != nil {
			t.Errorf("write: %v", err)
			break
		}
		got, err := f.Get(t.Context(), items[len(items)-1].Key)
		if err != nil || got.Revision != revision {
			t.Errorf("own write not read: revision %d, %v, want %d", got.Revision, err, revision)
		}
	}
	close(done)
	readers.Wait()
	f.holds(t, "p", items...)
}

func (f *fixture) readUntil(t *testing.T, done <-chan struct{}, keys []table.Key) {
	newest := make(map[table.Key]int64)
	for {
		select {
		case <-done:
			return
		default:
		}
		page, err := f.Query(t.Context(), table.Query{PK: keys[0].PK})
		if err != nil || len(page.Items) != len(keys) {
			t.Errorf("query beside a writer: %d items, %v, want %d", len(page.Items), err, len(keys))
			return
		}
		for _, one := range page.Items {
			if one.Revision < newest[one.Key] {
				t.Errorf("%s went back from revision %d to %d", one.Key, newest[one.Key], one.Revision)
				return
			}
			newest[one.Key] = one.Revision
		}
	}
}
