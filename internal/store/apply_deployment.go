package store

import (
	"bytes"

	"plumbline/internal/table"
)

// deployment keeps the row by which a component or a state is compared with the others
// of the environment. It costs an item only where the row changes: what was recorded before
// there were rows is found without one, see [Store.Deployment].
func (b *batch) deployment(w *Write) {
	if w.Change.Delete && isCompared(w.Entry.Record) {
		b.ops = append(b.ops, table.Delete(rowKey(w.Entry.Record), table.Any))
		return
	}
	record := w.Change.Record
	if record == nil && !w.Change.Delete {
		record = w.Entry.Record
	}
	if !isCompared(record) && !isCompared(w.Entry.Record) {
		return
	}
	before, had := deploymentItem(w.Entry.Record, w.statusesBefore())
	after, has := deploymentItem(record, w.statusesAfter())
	switch {
	case has && !(had && bytes.Equal(before.Body, after.Body)):
		after.Revision = b.store.first()
		b.ops = append(b.ops, table.Put(after, table.Any))
	case had && !has:
		b.ops = append(b.ops, table.Delete(before.Key, table.Any))
	}
}
