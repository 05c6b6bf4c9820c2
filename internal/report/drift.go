package report

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/store"
)

// Totals count the entities that a source declares by drift status, its documents by the
// status of the scan that last looked at them, and its pending proposals. They are exact,
// whatever a page holds.
type Totals struct {
	Total, Current, Drifted, Stale, Unknown, Missing, PendingProposals int
	Documents                                                          map[drift.ScanStatus]int
}

// DriftEntity is an entity as one source sees it.
type DriftEntity struct {
	ID         uuid.UUID
	EntityType string
	Name       string
	Status     drift.Status
	// Reason says why the status is unknown, "" for any other.
	Reason string
	// SyncedAt is when the entity was last seen in its document; zero for a missing
	// one.
	SyncedAt time.Time
	// Document is the uri of the document that declares it, "" for a push.
	Document string
	// Proposal is the pending proposal, zero when there is none.
	Proposal uuid.UUID
}

// DriftFilter narrows the entities of a source; the zero value gives all.
type DriftFilter struct {
	// Statuses are those that are wanted, none for all.
	Statuses   []drift.Status
	EntityType string
}

func (f DriftFilter) admits(e DriftEntity) bool {
	return f.wants(e.Status) && (f.EntityType == "" || e.EntityType == f.EntityType) && !store.IsLinkType(e.EntityType)
}

func (f DriftFilter) wants(status drift.Status) bool {
	return len(f.Statuses) == 0 || slices.Contains(f.Statuses, status)
}

// Drift is the drift of a source.
type Drift struct {
	Totals Totals
	// Documents are those of which it is not known what they declare now, each with its
	// reason: the worst first, then by uri, at most [MaxDocuments].
	Documents []drift.Document
	// Entities is a page of them by name, then type.
	Entities Page[DriftEntity]
}

// MaxDocuments is how many documents a [Drift] lists at most; its totals count all.
const MaxDocuments = 100

// Drift is the drift of a source: totals, the documents at fault, and a page of its
// entities.
func (r *Reporter) Drift(ctx context.Context, source drift.Source, f DriftFilter, span Span) (Drift, error) {
	documents, err := r.documents(ctx, source)
	if err == nil {
		documents, err = r.unread(ctx, source, documents)
	}
	if err != nil {
		return Drift{}, err
	}
	counts, err := r.Store.Totals(ctx, source.ID)
	if err != nil {
		return Drift{}, err
	}
	d := Drift{Totals: r.totals(counts, documents), Documents: atFault(documents)}
	if len(f.Statuses) > 0 && !slices.ContainsFunc(f.Statuses, isComputed) {
		d.Entities, err = r.sparse(ctx, source, f, span)
	} else {
		d.Entities, err = r.named(ctx, source, counts, documents, f, span)
	}
	return d, err
}

// isComputed reports whether a status has no entries of its own: see [drift.Stale].
func isComputed(s drift.Status) bool { return s != drift.Drifted && s != drift.Missing }

// unread takes what stopped the last scan of the source as a whole, its uri could not be
// listed, for what stopped each of its documents: the scan looked at none.
func (r *Reporter) unread(ctx context.Context, source drift.Source, documents []drift.Document) ([]drift.Document, error) {
	if source.Last == nil || !source.Last.Status.Stopped() || source.Pushed {
		return documents, nil
	}
	scans, err := r.Store.LastScans(ctx, []drift.Source{source})
	if err != nil {
		return nil, err
	}
	for _, result := range scans[source.ID].Summary.DocumentResults {
		if result.URI != source.Settings.URI || !result.Status.Stopped() {
			continue
		}
		if len(documents) == 0 {
			return []drift.Document{{URI: result.URI, Status: result.Status, Reason: result.Reason}}, nil
		}
		if slices.ContainsFunc(documents, func(d drift.Document) bool { return d.URI == result.URI }) {
			break // it is that document's own
		}
		for i := range documents {
			if d := &documents[i]; !d.Kind.IsPushed() && !d.Gone && !d.IsUnknown() {
				d.Status, d.Reason = result.Status, result.Reason
			}
		}
	}
	return documents, nil
}

// atFault are the documents that are not known, the worst first.
func atFault(documents []drift.Document) []drift.Document {
	var all []drift.Document
	for _, d := range documents {
		if d.IsUnknown() {
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b drift.Document) int {
		return cmp.Or(cmp.Compare(b.Status.Severity(), a.Status.Severity()), cmp.Compare(a.URI, b.URI), cmp.Compare(a.ID, b.ID))
	})
	return all[:min(len(all), MaxDocuments)]
}

// documents lists the documents of a source by id, save the one that holds the
// relationships of a push: those are no entities.
func (r *Reporter) documents(ctx context.Context, source drift.Source) ([]drift.Document, error) {
	var documents []drift.Document
	for document, err := range r.Store.Documents(ctx, source.ID) {
		if err != nil {
			return nil, err
		}
		if document.Kind != drift.DocumentRelationships {
			documents = append(documents, document)
		}
	}
	return documents, nil
}

func (r *Reporter) totals(counts map[string]store.Totals, documents []drift.Document) Totals {
	t := Totals{Documents: map[drift.ScanStatus]int{}}
	byID := map[string]drift.Document{}
	for _, document := range documents {
		if byID[document.ID] = document; !document.Gone {
			t.Documents[document.Status]++
		}
	}
	for id, c := range counts {
		if id == drift.RelationshipsDocument {
			continue
		}
		switch r.statusOf(drift.Head{Status: drift.Current}, byID[id]) {
		case drift.Unknown:
			t.Unknown += c.Current
		case drift.Stale:
			t.Stale += c.Current
		default:
			t.Current += c.Current
		}
		t.Drifted += c.Drifted
		t.Missing += c.Missing
		t.PendingProposals += c.Pending
	}
	t.Total = t.Current + t.Stale + t.Unknown + t.Drifted + t.Missing
	return t
}

// stale reports whether what the document declares was not seen for too long.
func (r *Reporter) stale(document drift.Document) bool {
	return r.Now().Sub(document.SeenAt()) > drift.StaleAfter
}

// statusOf is the status of a head: current turns stale with its document, or unknown.
func (r *Reporter) statusOf(head drift.Head, document drift.Document) drift.Status {
	switch {
	case head.Status != drift.Current:
		return head.Status
	case document.IsUnknown():
		return drift.Unknown
	case r.stale(document):
		return drift.Stale
	}
	return drift.Current
}

func (r *Reporter) entity(head drift.Head, document drift.Document) DriftEntity {
	e := DriftEntity{ID: head.EntityID, EntityType: head.EntityType, Name: head.Name, Document: document.URI,
		Status: r.statusOf(head, document), Proposal: head.Proposal}
	if head.Status != drift.Missing {
		e.SyncedAt = document.SeenAt()
	}
	if e.Status == drift.Unknown {
		e.Reason = document.Reason
	}
	return e
}
