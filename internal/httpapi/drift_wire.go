package httpapi

import (
	"strings"

	"plumbline/internal/catalog"
	"plumbline/internal/report"
)

// ImportSourceDrift is how far the catalogue has drifted from a source.
type ImportSourceDrift struct {
	Source           ImportSource    `json:"source"`
	Totals           DriftTotals     `json:"totals" doc:"Exact, over all entities of the source"`
	Entities         []DriftEntity   `json:"entities" nullable:"false"`
	PendingProposals []DriftProposal `json:"pendingProposals" nullable:"false" doc:"The oldest, at most 100; the rest is under drift-proposals"`
	NextCursor       *string         `json:"nextCursor" doc:"The next page of entities, null for the last"`
}

// DriftTotals count the entities of a source by drift status.
type DriftTotals struct {
	Total            int `json:"total"`
	Current          int `json:"current"`
	Drifted          int `json:"drifted"`
	Stale            int `json:"stale"`
	Missing          int `json:"missing"`
	PendingProposals int `json:"pendingProposals"`
}

// DriftEntity is an entity as one source sees it.
type DriftEntity struct {
	EntityID     string  `json:"entityId" format:"uuid"`
	Name         string  `json:"name"`
	EntityType   string  `json:"entityType"`
	DriftStatus  string  `json:"driftStatus" enum:"current,drifted,stale,missing"`
	LastSyncedAt *string `json:"lastSyncedAt" format:"date-time" doc:"When a scan last saw it; null for a missing one"`
	Document     string  `json:"document" doc:"The uri of the document that declares it, \"\" for a push"`
	ProposalID   *string `json:"proposalId" format:"uuid" doc:"Its pending proposal"`
}

func (d dialect) totals(t report.Totals) DriftTotals { return DriftTotals(t) }

func (d dialect) driftEntity(e report.DriftEntity) DriftEntity {
	return DriftEntity{EntityID: e.ID.String(), Name: e.Name, EntityType: e.EntityType, DriftStatus: string(e.Status),
		LastSyncedAt: d.when(e.SyncedAt), Document: e.Document, ProposalID: idOrNull(e.Proposal)}
}

// propertyName is the name of a property in DESIGN's words: a key, "labels.<key>" or
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
