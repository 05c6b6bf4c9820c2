package httpapi

import (
	"plumbline/internal/drift"
)

// ScanOutline is a scan without its lists: what a source shows of its last one.
type ScanOutline struct {
	ID        string         `json:"id" format:"uuid"`
	Trigger   string         `json:"trigger" enum:"api,push,upload,deletion,schedule"`
	Actor     string         `json:"actor" doc:"Who asked: a token's subject, or the event"`
	StartedAt string         `json:"startedAt" format:"date-time"`
	EndedAt   *string        `json:"endedAt" format:"date-time" doc:"null while it runs"`
	Status    string         `json:"status" enum:"unchanged,succeeded,partial,running,locked,held,encrypted,unsupported,failed"`
	Reason    string         `json:"reason" doc:"Why it did not succeed, or not wholly; \"\" if it did"`
	DryRun    bool           `json:"dryRun" doc:"Nothing was written"`
	Counts    ScanCounts     `json:"counts" doc:"Exact, whatever the lists hold"`
	Documents map[string]int `json:"documents" doc:"How many documents ended in which status"`
}

// ScanSummary is a scan with its lists, the same wherever it appears: as `scan` of a
// rescan, and in the history of scans.
type ScanSummary struct {
	ScanOutline
	// Documents that are neither unchanged nor succeeded, and the first few that are.
	DocumentResults []ScanDocument `json:"documentResults" nullable:"false"`
	Created         []EntityName   `json:"created" nullable:"false" doc:"Capped at 1,000, as the lists below"`
	Updated         []EntityName   `json:"updated" nullable:"false"`
	Proposed        []EntityName   `json:"proposed" nullable:"false"`
	Missing         []EntityName   `json:"missing" nullable:"false"`
	Removed         []EntityName   `json:"removed" nullable:"false"`
	Changes         ScanDeltas     `json:"changes" doc:"What the source declares otherwise than before, between two uploads and whatever became of it: /scans/{scanId}/changes gives the patches"`
	Proposals       []string       `json:"proposals" nullable:"false" doc:"Ids of the proposals opened, capped at 100"`
	Failed          []ScanNote     `json:"failed" nullable:"false" doc:"Declarations that could not be used, capped at 100"`
	Warnings        []ScanNote     `json:"warnings" nullable:"false"`
	Schemas         []ScanSchema   `json:"schemas" nullable:"false" doc:"Schema kinds that a push applied or deleted"`
}

// ScanCounts count entities by what a scan found or did.
type ScanCounts struct {
	Declared  int `json:"declared"`
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
	Proposed  int `json:"proposed" doc:"Proposals opened"`
	Drifted   int `json:"drifted" doc:"Differ from what is recorded after the scan"`
	Missing   int `json:"missing" doc:"Gone from their documents in this scan"`
	Removed   int `json:"removed" doc:"No longer declared and removed (prune)"`
	Failed    int `json:"failed" doc:"Declarations that could not be used"`
	Conflicts int `json:"conflicts" doc:"Proposals that show two sources at odds"`
}

// EntityName names an entity.
type EntityName struct {
	EntityID   string `json:"entityId" format:"uuid"`
	EntityType string `json:"entityType"`
	Name       string `json:"name"`
}

// ScanDocument is what became of one document.
type ScanDocument struct {
	URI           string `json:"uri"`
	Status        string `json:"status"`
	Reason        string `json:"reason"`
	Format        string `json:"format"`
	Scope         string `json:"scope"`
	Lineage       string `json:"lineage"`
	Serial        uint64 `json:"serial"`
	WriterVersion string `json:"writerVersion"`
}

// ScanNote is a problem in a document.
type ScanNote struct {
	Document string `json:"document" doc:"The document's uri, \"\" for a push"`
	Name     string `json:"name"`
	Place    string `json:"place" doc:"Byte offset and path, or index"`
	Reason   string `json:"reason"`
}

// ScanSchema is a schema kind that a push applied or deleted.
type ScanSchema struct {
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	Outcome string `json:"outcome"`
}

// maxNames is how many bytes of names one summary shows over all its lists: names may
// have 800 bytes, and a page of scans has to fit an answer.
const maxNames = 512 << 10

func (d dialect) outline(s drift.Scan) ScanOutline {
	sum, c := s.Summary, s.Summary.Counts
	documents := make(map[string]int, len(sum.Documents))
	for status, n := range sum.Documents {
		documents[string(status)] = n
	}
	return ScanOutline{
		ID: s.ID.String(), Trigger: string(s.Trigger), Actor: s.Actor, StartedAt: d.time(s.StartedAt), EndedAt: d.when(s.EndedAt),
		Status: string(s.Status), Reason: sum.Reason, DryRun: sum.DryRun, Documents: documents,
		Counts: ScanCounts{Declared: c.Declared, Created: c.Created, Updated: c.Updated, Unchanged: c.Unchanged, Proposed: c.Proposed,
			Drifted: c.Drifted, Missing: c.Missing, Removed: c.Removed, Failed: c.Failed, Conflicts: c.Conflicts},
	}
}

func (d dialect) scan(s drift.Scan) ScanSummary {
	sum, left := s.Summary, maxNames
	return ScanSummary{
		ScanOutline: d.outline(s),
		DocumentResults: convert(sum.DocumentResults, func(r drift.DocumentResult) ScanDocument {
			return ScanDocument{URI: r.URI, Status: string(r.Status), Reason: r.Reason, Format: r.Format, Scope: r.Scope,
				Lineage: r.Lineage, Serial: r.Serial, WriterVersion: r.WriterVersion}
		}),
		Created: names(sum.Created, &left), Updated: names(sum.Updated, &left), Proposed: names(sum.Proposed, &left),
		Missing: names(sum.Missing, &left), Removed: names(sum.Removed, &left),
		Changes:   deltas(sum.Deltas, &left),
		Proposals: texts(sum.Proposals), Failed: convert(sum.Failed, scanNote), Warnings: convert(sum.Warnings, scanNote),
		Schemas: convert(sum.Schemas, func(s drift.SchemaName) ScanSchema { return ScanSchema(s) }),
	}
}

func scanNote(n drift.Note) ScanNote { return ScanNote(n) }

// names gives the first names, as far as their bytes are left.
func names(all []drift.Name, left *int) []EntityName {
	var shown []EntityName
	for _, n := range all {
		if *left -= len(n.EntityType) + len(n.Name); *left < 0 {
			break
		}
		shown = append(shown, EntityName{EntityID: n.ID.String(), EntityType: n.EntityType, Name: n.Name})
	}
	return shown
}
