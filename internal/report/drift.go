package report

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/store"
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
		if !holdsLinks(document.ID) {
			documents = append(documents, document)
		}
	}
	return documents, nil
}

func holdsLinks(document string) bool { return strings.HasPrefix(document, drift.PushDocument+"-") }

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
		if holdsLinks(document) {
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
	return r.Now().Sub(document.ScannedAt) > drift.StaleAfter
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
		e.SyncedAt = document.ScannedAt
	}
	return e
}

// heads pages through every head, document by document. The cursor is the document's
// id and the cursor within it.
func (r *Reporter) heads(ctx context.Context, source drift.Source, documents []drift.Document, f DriftFilter, span Span) (Page[DriftEntity], error) {
	at, within, err := splitCursor(span.Cursor)
	if err != nil {
		return Page[DriftEntity]{}, err
	}
	var page Page[DriftEntity]
	looked := 0
	for _, document := range documents {
		if document.ID < at || !r.holds(document, f.Status) {
			continue
		}
		if document.ID != at {
			within = ""
		}
		for done := false; !done; {
			heads, next, err := r.Store.HeadsPage(ctx, source.ID, document.ID, within, span.Limit)
			if err != nil {
				return Page[DriftEntity]{}, err
			}
			for _, head := range heads {
				looked++
				if e := r.entity(head, document); f.admits(e) {
					page.Items = append(page.Items, e)
				}
				if len(page.Items) == span.Limit || looked == maxLooked {
					page.Next = document.ID + cursorBreak + store.EntityCursor(head.EntityID)
					return page, nil
				}
			}
			within, done = next, next == ""
		}
	}
	return page, nil
}

// holds reports whether a document can hold heads of a status.
func (r *Reporter) holds(document drift.Document, status drift.Status) bool {
	switch status {
	case drift.Current:
		return !r.stale(document)
	case drift.Stale:
		return r.stale(document)
	}
	return true
}

const cursorBreak = "\n"

func splitCursor(cursor string) (document, within string, err error) {
	document, within, found := strings.Cut(cursor, cursorBreak)
	if cursor != "" && !found {
		return "", "", store.ErrBadCursor
	}
	return document, within, nil
}

// sparse pages through the drifted or missing entities, which have entries of their
// own.
func (r *Reporter) sparse(ctx context.Context, source drift.Source, f DriftFilter, span Span) (Page[DriftEntity], error) {
	var page Page[DriftEntity]
	cursor := span.Cursor
	for looked := 0; ; {
		listed, next, err := r.Store.SourceEntities(ctx, source.ID, f.Status, cursor, span.Limit)
		if err != nil {
			return Page[DriftEntity]{}, err
		}
		entities, err := r.ofSource(ctx, source, listed)
		if err != nil {
			return Page[DriftEntity]{}, err
		}
		for i, e := range entities {
			looked++
			if f.admits(e) && !store.IsLinkType(e.EntityType) {
				page.Items = append(page.Items, e)
			}
			if len(page.Items) == span.Limit || looked == maxLooked {
				page.Next = listed[i].Key
				return page, nil
			}
		}
		if cursor = next; cursor == "" {
			return page, nil
		}
	}
}

// ofSource gives listed entities as the source sees them, in their order. One that
// changed since it was listed keeps what the list said.
func (r *Reporter) ofSource(ctx context.Context, source drift.Source, listed []store.Listed) ([]DriftEntity, error) {
	shares, err := r.shares(ctx, listed)
	if err != nil {
		return nil, err
	}
	entities := make([]DriftEntity, len(listed))
	for i, l := range listed {
		entities[i] = DriftEntity{ID: l.ID, EntityType: l.EntityType, Name: l.Name}
		for _, share := range shares[l.ID] {
			if share.Source == source.ID {
				entities[i] = r.entity(share.Head, share.Document)
			}
		}
	}
	return entities, nil
}
