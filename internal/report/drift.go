package report

import (
	"context"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
)

// Totals count the entities that a source declares by drift status, and its pending
// proposals. They are exact, whatever a page holds.
type Totals struct {
	Total, Current, Drifted, Stale, Missing, PendingProposals int
}

// DriftEntity is an entity as one source sees it.
type DriftEntity struct {
	ID         uuid.UUID
	EntityType string
	Name       string
	Status     drift.Status
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
	Status     drift.Status
	EntityType string
}

func (f DriftFilter) admits(e DriftEntity) bool {
	return (f.Status == "" || e.Status == f.Status) && (f.EntityType == "" || e.EntityType == f.EntityType)
}

// Drift is the drift of a source: totals, and a page of its entities, document by
// document and within one by id.
func (r *Reporter) Drift(ctx context.Context, source drift.Source, f DriftFilter, span Span) (Totals, Page[DriftEntity], error) {
	documents, err := r.documents(ctx, source)
	if err != nil {
		return Totals{}, Page[DriftEntity]{}, err
	}
	totals, err := r.totals(ctx, source, documents)
	if err != nil {
		return Totals{}, Page[DriftEntity]{}, err
	}
	var page Page[DriftEntity]
	if f.Status == drift.Drifted || f.Status == drift.Missing {
		page, err = r.sparse(ctx, source, f, span)
	} else {
		page, err = r.heads(ctx, source, documents, f, span)
	}
	return totals, page, err
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

func (r *Reporter) totals(ctx context.Context, source drift.Source, documents []drift.Document) (Totals, error) {
	counts, err := r.Store.Totals(ctx, source.ID)
	if err != nil {
		return Totals{}, err
	}
	stale := map[string]bool{}
	for _, document := range documents {
		stale[document.ID] = r.stale(document)
	}
	var t Totals
	for document, c := range counts {
		if document == drift.RelationshipsDocument {
			continue
		}
		if stale[document] {
			t.Stale += c.Current
		} else {
			t.Current += c.Current
		}
		t.Drifted += c.Drifted
		t.Missing += c.Missing
		t.PendingProposals += c.Pending
	}
	t.Total = t.Current + t.Stale + t.Drifted + t.Missing
	return t, nil
}

// stale reports whether what the document declares was not seen for too long.
func (r *Reporter) stale(document drift.Document) bool {
	return r.Now().Sub(document.SeenAt()) > drift.StaleAfter
}

// statusOf is the status of a head: current turns stale with its document.
func (r *Reporter) statusOf(head drift.Head, document drift.Document) drift.Status {
	if head.Status == drift.Current && r.stale(document) {
		return drift.Stale
	}
	return head.Status
}

func (r *Reporter) entity(head drift.Head, document drift.Document) DriftEntity {
	e := DriftEntity{ID: head.EntityID, EntityType: head.EntityType, Name: head.Name, Document: document.URI,
		Status: r.statusOf(head, document), Proposal: head.Proposal}
	if head.Status != drift.Missing {
		e.SyncedAt = document.SeenAt()
	}
	return e
}
