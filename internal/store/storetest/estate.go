package storetest

import (
	"bytes"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/reader/atmos/described"
	"plumbline/internal/store"
)

// LeaveEstate leaves what an applied scan of a source leaves of its estate, in place of
// what an earlier one left: the snapshot, and the document that names it. It returns
// the snapshot's key. Components come in order.
func LeaveEstate(t testing.TB, records *store.Store, source uuid.UUID, components ...described.Component) (key string) {
	t.Helper()
	var body bytes.Buffer
	if err := described.Save(&body, each(components)); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	lease, err := records.Lease(ctx, source)
	if err == nil {
		lease, err = records.Acquire(ctx, lease, lease) // free again at once
	}
	if err != nil {
		t.Fatal(err)
	}
	const id = "estate"
	document, err := records.Document(ctx, source, id)
	if err != nil { // the first
		document = drift.Document{ID: id, Status: drift.ScanSucceeded}
	}
	replaced := document.Snapshot
	if document.Snapshot, err = records.SaveSnapshot(ctx, source, id, body.Bytes()); err != nil {
		t.Fatal(err)
	}
	if _, err := records.SaveDocument(ctx, lease, document); err != nil {
		t.Fatal(err)
	}
	if replaced != document.Snapshot {
		if err := records.DropSnapshot(ctx, replaced); err != nil {
			t.Fatal(err)
		}
	}
	return document.Snapshot
}

// Components are n components of terraform in one stack, of about that many bytes each.
func Components(n, bytes int) []described.Component {
	components := make([]described.Component, n)
	for i := range components {
		components[i] = described.Component{Stack: "prod", Type: "terraform", Name: fmt.Sprintf("c%07d", i),
			Section: jsontext.Value(fmt.Sprintf(`{"n":%d,"vars":{"text":%q}}`, i, strings.Repeat("x", bytes)))}
	}
	return components
}

func each(components []described.Component) iter.Seq2[described.Component, error] {
	return func(yield func(described.Component, error) bool) {
		for _, c := range components {
			if !yield(c, nil) {
				return
			}
		}
	}
}
