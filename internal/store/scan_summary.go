package store

import (
	"github.com/google/uuid"

	"plumbline/internal/drift"
)

// summaryRecord is a scan's summary as it is stored, under the names that its first
// shape had.
type summaryRecord struct {
	Reason          string                   `json:"Reason,omitzero"`
	DryRun          bool                     `json:"DryRun,omitzero"`
	Counts          countsRecord             `json:"Counts,omitzero"`
	Documents       map[drift.ScanStatus]int `json:"Documents,omitzero"`
	DocumentResults []documentResultRecord   `json:"DocumentResults,omitzero"`
	Created         []nameRecord             `json:"Created,omitzero"`
	Updated         []nameRecord             `json:"Updated,omitzero"`
	Proposed        []nameRecord             `json:"Proposed,omitzero"`
	Missing         []nameRecord             `json:"Missing,omitzero"`
	Removed         []nameRecord             `json:"Removed,omitzero"`
	Deltas          deltaListsRecord         `json:"Deltas,omitzero"`
	Proposals       []uuid.UUID              `json:"Proposals,omitzero"`
	Failed          []noteRecord             `json:"Failed,omitzero"`
	Warnings        []noteRecord             `json:"Warnings,omitzero"`
	Schemas         []schemaNameRecord       `json:"Schemas,omitzero"`
	ItemsWritten    int                      `json:"ItemsWritten,omitzero"`
	ItemsRead       int                      `json:"ItemsRead,omitzero"`
}

type countsRecord struct {
	Declared  int `json:"Declared,omitzero"`
	Created   int `json:"Created,omitzero"`
	Updated   int `json:"Updated,omitzero"`
	Unchanged int `json:"Unchanged,omitzero"`
	Proposed  int `json:"Proposed,omitzero"`
	Drifted   int `json:"Drifted,omitzero"`
	Missing   int `json:"Missing,omitzero"`
	Removed   int `json:"Removed,omitzero"`
	Failed    int `json:"Failed,omitzero"`
	Conflicts int `json:"Conflicts,omitzero"`
}

type nameRecord struct {
	ID         uuid.UUID `json:"ID"`
	EntityType string    `json:"EntityType"`
	Name       string    `json:"Name"`
}

type deltaListsRecord struct {
	Counts  deltaCountsRecord `json:"Counts,omitzero"`
	Added   []nameRecord      `json:"Added,omitzero"`
	Changed []nameRecord      `json:"Changed,omitzero"`
	Removed []nameRecord      `json:"Removed,omitzero"`
}

type deltaCountsRecord struct {
	Added   int `json:"Added,omitzero"`
	Changed int `json:"Changed,omitzero"`
	Removed int `json:"Removed,omitzero"`
}

type noteRecord struct {
	Document string `json:"Document,omitzero"`
	Name     string `json:"Name,omitzero"`
	Place    string `json:"Place,omitzero"`
	Reason   string `json:"Reason,omitzero"`
}

type schemaNameRecord struct {
	Kind    string `json:"Kind"`
	Name    string `json:"Name"`
	Outcome string `json:"Outcome"`
}

type documentResultRecord struct {
	URI           string           `json:"URI,omitzero"`
	Status        drift.ScanStatus `json:"Status"`
	Reason        string           `json:"Reason,omitzero"`
	Format        string           `json:"Format,omitzero"`
	Scope         string           `json:"Scope,omitzero"`
	Lineage       string           `json:"Lineage,omitzero"`
	Serial        uint64           `json:"Serial,omitzero"`
	WriterVersion string           `json:"WriterVersion,omitzero"`
}

func summaryOf(s drift.Summary) summaryRecord {
	return summaryRecord{Reason: s.Reason, DryRun: s.DryRun, Counts: countsRecord(s.Counts), Documents: s.Documents,
		DocumentResults: each(s.DocumentResults, func(d drift.DocumentResult) documentResultRecord { return documentResultRecord(d) }),
		Created:         nameRecords(s.Created), Updated: nameRecords(s.Updated), Proposed: nameRecords(s.Proposed),
		Missing: nameRecords(s.Missing), Removed: nameRecords(s.Removed),
		Deltas: deltaListsRecord{Counts: deltaCountsRecord(s.Deltas.Counts), Added: nameRecords(s.Deltas.Added),
			Changed: nameRecords(s.Deltas.Changed), Removed: nameRecords(s.Deltas.Removed)},
		Proposals: s.Proposals, Failed: noteRecords(s.Failed), Warnings: noteRecords(s.Warnings),
		Schemas:      each(s.Schemas, func(n drift.SchemaName) schemaNameRecord { return schemaNameRecord(n) }),
		ItemsWritten: s.ItemsWritten, ItemsRead: s.ItemsRead}
}

func (r summaryRecord) summary() drift.Summary {
	return drift.Summary{Reason: r.Reason, DryRun: r.DryRun, Counts: drift.Counts(r.Counts), Documents: r.Documents,
		DocumentResults: each(r.DocumentResults, func(d documentResultRecord) drift.DocumentResult { return drift.DocumentResult(d) }),
		Created:         names(r.Created), Updated: names(r.Updated), Proposed: names(r.Proposed), Missing: names(r.Missing), Removed: names(r.Removed),
		Deltas: drift.Deltas{Counts: drift.DeltaCounts(r.Deltas.Counts), Added: names(r.Deltas.Added),
			Changed: names(r.Deltas.Changed), Removed: names(r.Deltas.Removed)},
		Proposals: r.Proposals, Failed: notes(r.Failed), Warnings: notes(r.Warnings),
		Schemas:      each(r.Schemas, func(n schemaNameRecord) drift.SchemaName { return drift.SchemaName(n) }),
		ItemsWritten: r.ItemsWritten, ItemsRead: r.ItemsRead}
}

func nameRecords(all []drift.Name) []nameRecord {
	return each(all, func(n drift.Name) nameRecord { return nameRecord(n) })
}

func names(all []nameRecord) []drift.Name {
	return each(all, func(n nameRecord) drift.Name { return drift.Name(n) })
}

func noteRecords(all []drift.Note) []noteRecord {
	return each(all, func(n drift.Note) noteRecord { return noteRecord(n) })
}

func notes(all []noteRecord) []drift.Note {
	return each(all, func(n noteRecord) drift.Note { return drift.Note(n) })
}

// each gives the members of a list another form; nil stays nil.
func each[T, R any](all []T, form func(T) R) []R {
	if all == nil {
		return nil
	}
	forms := make([]R, len(all))
	for i, one := range all {
		forms[i] = form(one)
	}
	return forms
}
