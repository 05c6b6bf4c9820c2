package httpapi

import (
	"strings"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/report"
)

// ImportSourceDrift is how far the catalogue has drifted from a source.
type ImportSourceDrift struct {
	Source           ImportSource    `json:"source"`
	Totals           DriftTotals     `json:"totals" doc:"Exact, over all entities of the source"`
	Documents        []DriftDocument `json:"documents" nullable:"false" doc:"Those that are held, locked or could not be read, the worst first, at most 100; totals.documents counts all"`
	Entities         []DriftEntity   `json:"entities" nullable:"false" doc:"By name, then type"`
	PendingProposals []DriftProposal `json:"pendingProposals" nullable:"false" doc:"The oldest of entities that the filter admits, at most 100; the rest is under drift-proposals"`
	NextCursor       *string         `json:"nextCursor" doc:"The next page of entities, null for the last"`
}

// DriftTotals count the entities of a source by drift status.
type DriftTotals struct {
	Total            int `json:"total"`
	Current          int `json:"current"`
	Drifted          int `json:"drifted"`
	Stale            int `json:"stale"`
	Unknown          int `json:"unknown" doc:"Current when their document was last read, which is held or locked since, or could not be read: see documents"`
	Missing          int `json:"missing"`
	PendingProposals int `json:"pendingProposals"`

	Documents map[string]int `json:"documents" doc:"How many documents the last scan that looked at them left in which status"`
}

// DriftDocument is a document of which it is not known what it declares now.
type DriftDocument struct {
	URI          string  `json:"uri" doc:"\"\" for a push"`
	Scope        string  `json:"scope"`
	Status       string  `json:"status" enum:"locked,held,encrypted,unsupported,failed"`
	Reason       string  `json:"reason"`
	LastSyncedAt *string `json:"lastSyncedAt" format:"date-time" doc:"When a scan last read it whole, null if none has"`
	ScanID       *string `json:"scanId" format:"uuid" doc:"Of one that is held, the scan that force names"`
}

// DriftEntity is an entity as one source sees it.
type DriftEntity struct {
	EntityID     string  `json:"entityId" format:"uuid"`
	Name         string  `json:"name"`
	EntityType   string  `json:"entityType"`
	DriftStatus  string  `json:"driftStatus" enum:"current,drifted,stale,unknown,missing"`
	Reason       string  `json:"reason" doc:"Why the status is unknown, \"\" for any other"`
	LastSyncedAt *string `json:"lastSyncedAt" format:"date-time" doc:"When a scan last saw it; null for a missing one"`
	Document     string  `json:"document" doc:"The uri of the document that declares it, \"\" for a push"`
	ProposalID   *string `json:"proposalId" format:"uuid" doc:"Its pending proposal"`
}

func (d dialect) totals(t report.Totals) DriftTotals {
	w := DriftTotals{Total: t.Total, Current: t.Current, Drifted: t.Drifted, Stale: t.Stale, Unknown: t.Unknown, Missing: t.Missing,
		PendingProposals: t.PendingProposals, Documents: make(map[string]int, len(t.Documents))}
	for status, n := range t.Documents {
		w.Documents[string(status)] = n
	}
	return w
}

func (d dialect) driftDocument(doc drift.Document) DriftDocument {
	w := DriftDocument{URI: doc.URI, Scope: doc.Scope, Status: string(doc.Status), Reason: doc.Reason, LastSyncedAt: d.when(doc.ScannedAt)}
	if doc.Held != nil {
		w.ScanID = idOrNull(doc.Held.ScanID)
	}
	return w
}

func (d dialect) driftEntity(e report.DriftEntity) DriftEntity {
	return DriftEntity{EntityID: e.ID.String(), Name: e.Name, EntityType: e.EntityType, DriftStatus: string(e.Status), Reason: e.Reason,
		LastSyncedAt: d.when(e.SyncedAt), Document: e.Document, ProposalID: idOrNull(e.Proposal)}
}

// propertyName is how answers name a property: a key, "labels.<key>" or
// "state"; "" is the entity as a whole.
func propertyName(pointer string) string {
	if key, ok := catalog.PropertyKey(pointer); ok {
		return key
	}
	if key, ok := catalog.LabelKey(pointer); ok {
		return "labels." + key
	}
	return strings.TrimPrefix(pointer, "/")
}
