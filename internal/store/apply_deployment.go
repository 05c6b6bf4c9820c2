package store

import (
	"bytes"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/table"
)

// deployment keeps the row by which a component or a state is compared with the others
// of the environment. It costs an item only where the row changes. What was recorded
// before there were rows has one from its next change of what the row holds.
func (b *batch) deployment(w *Write) {
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

// statusesBefore are the statuses of the entity's heads by source, as they were read.
func (w *Write) statusesBefore() map[uuid.UUID]drift.Status {
	statuses := map[uuid.UUID]drift.Status{}
	if w.Entry.Head.Revision > 0 {
		statuses[w.Source.ID] = w.Entry.Head.Status
	}
	for _, other := range w.Entry.Others {
		statuses[other.Source] = other.Head.Status
	}
	return statuses
}

// statusesAfter are those after the change.
func (w *Write) statusesAfter() map[uuid.UUID]drift.Status {
	statuses := w.statusesBefore()
	switch {
	case w.Change.DropHead:
		delete(statuses, w.Source.ID)
	case w.Change.Head != nil:
		statuses[w.Source.ID] = w.Change.Head.Status
	}
	for _, effect := range w.Change.Others {
		statuses[effect.Source] = effect.Head.Status
	}
	return statuses
}
