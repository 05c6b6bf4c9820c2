package httpapi

import (
	"plumbline/internal/drift"
	"plumbline/internal/report"
)

// ScanDeltas are the entities that a scan's source declares otherwise than before.
type ScanDeltas struct {
	Counts  ChangeCounts `json:"counts" doc:"Exact, whatever the lists hold"`
	Added   []EntityName `json:"added" nullable:"false" doc:"Declared for the first time, or again; capped at 1,000, as the lists below"`
	Changed []EntityName `json:"changed" nullable:"false"`
	Removed []EntityName `json:"removed" nullable:"false" doc:"No longer declared: marked missing, proposed for deletion or removed"`
}

// ChangeCounts count entities by how their declaration changed.
type ChangeCounts struct {
	Added   int `json:"added"`
	Changed int `json:"changed"`
	Removed int `json:"removed"`
}

func deltas(d drift.Deltas, left *int) ScanDeltas {
	return ScanDeltas{Counts: ChangeCounts(d.Counts), Added: names(d.Added, left), Changed: names(d.Changed, left), Removed: names(d.Removed, left)}
}

// ScanChangePage is a page of what a scan's source declares otherwise than before.
type ScanChangePage struct {
	Changes    []ScanChange `json:"changes" nullable:"false"`
	Counts     ChangeCounts `json:"counts" doc:"Of the whole scan, whatever the filters"`
	NextCursor *string      `json:"nextCursor"`
}

// ScanChange is an entity whose declaration changed.
type ScanChange struct {
	EntityName
	Change string `json:"change" enum:"added,changed,removed"`
	// Patch is relative to the declaration before, not to what is recorded.
	Patch                []PatchOperation `json:"patch" nullable:"false" doc:"RFC 6902: from the source's declaration before to that of this scan; empty for what was added or removed"`
	PatchOmitted         *Omitted         `json:"patchOmitted,omitzero" doc:"Stands for a patch that was too long to be kept"`
	RelationshipsChanged bool             `json:"relationshipsChanged" doc:"The relationships that the source derives from it changed"`
}

// Omitted stands for what is too long to be shown.
type Omitted struct {
	Truncated bool `json:"truncated" doc:"true"`
	Bytes     int  `json:"bytes" doc:"Its length"`
}

func scanChange(c report.Change) ScanChange {
	w := ScanChange{
		EntityName: EntityName{EntityID: c.EntityID.String(), EntityType: c.EntityType, Name: c.Name}, Change: string(c.Kind),
		Patch:                newValues().patch(c.Patch, countsOf(c.SecretChanges)),
		RelationshipsChanged: c.Relationships,
	}
	if c.PatchBytes > 0 {
		w.PatchOmitted = &Omitted{Truncated: true, Bytes: c.PatchBytes}
	}
	return w
}
