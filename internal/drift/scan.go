package drift

import (
	"fmt"
	"time"

	"github.com/google/uuid"
)

// ScanStatus is the outcome of a scan, of one document or of the whole.
type ScanStatus string

const (
	ScanUnchanged   ScanStatus = "unchanged"   // nothing to read: same bytes, same settings
	ScanSucceeded   ScanStatus = "succeeded"   // read whole and reconciled
	ScanPartial     ScanStatus = "partial"     // succeeded, save for declarations that could not be used
	ScanRunning     ScanStatus = "running"     // still at it
	ScanLocked      ScanStatus = "locked"      // the state is locked; retried
	ScanHeld        ScanStatus = "held"        // nothing applied until a person forces it
	ScanEncrypted   ScanStatus = "encrypted"   // an OpenTofu envelope
	ScanUnsupported ScanStatus = "unsupported" // a format or version that is not read
	ScanFailed      ScanStatus = "failed"      // could not be read, or not applied whole
)

// scanStatuses in order of severity, the least first.
var scanStatuses = [...]ScanStatus{ScanUnchanged, ScanSucceeded, ScanPartial, ScanRunning, ScanLocked, ScanHeld, ScanEncrypted, ScanUnsupported, ScanFailed}

// Severity orders scan statuses; the worst document's is the scan's. 0: unknown.
func (s ScanStatus) Severity() int {
	for i, known := range scanStatuses {
		if s == known {
			return i + 1
		}
	}
	return 0
}

// Validate reports a status that Plumbline does not know.
func (s ScanStatus) Validate() error {
	if s.Severity() == 0 {
		return fmt.Errorf("scan status %q is not known", s)
	}
	return nil
}

// Trigger says what started a scan.
type Trigger string

const (
	TriggerAPI      Trigger = "api"
	TriggerPush     Trigger = "push"
	TriggerUpload   Trigger = "upload"
	TriggerDeletion Trigger = "deletion" // of an object
	TriggerSchedule Trigger = "schedule"
)

// Scan is one reading of one source, reconciled.
type Scan struct {
	ID        uuid.UUID // UUIDv7: scans sort by start
	SourceID  uuid.UUID
	Trigger   Trigger
	Actor     string // who asked: a token's subject, or the event
	StartedAt time.Time
	EndedAt   time.Time // zero while it runs
	Status    ScanStatus
	Summary   Summary
}

// Caps of the lists in a [Summary]. Counts are always exact.
const (
	MaxNames     = 1000
	MaxProposals = 100
	MaxProblems  = 100
)

// Summary says what a scan did.
type Summary struct {
	// Reason says in a sentence why the scan did not succeed, "" if it did.
	Reason string
	// DryRun: nothing was written.
	DryRun bool
	Counts Counts
	// Documents counts documents by status.
	Documents map[ScanStatus]int
	// DocumentResults are the documents that are neither unchanged nor succeeded,
	// and the first few that are; capped at MaxProblems.
	DocumentResults []DocumentResult
	// Names of entities by what became of them, "<type>/<name>", sorted, capped.
	Created, Updated, Proposed, Missing, Removed []Name
	// Deltas are what the scan's documents declare otherwise than before: unlike the
	// lists above, which tell what became of the entities, they compare two uploads.
	Deltas Deltas
	// Proposals opened by the scan, capped.
	Proposals []uuid.UUID
	// Failed are declarations that could not be used; Warnings what was skipped.
	Failed, Warnings []Note
	// Schemas are the schema kinds that a push applied.
	Schemas []SchemaName
	// Writes and Reads of the table, in items.
	ItemsWritten, ItemsRead int
}

// Counts of entities by what a scan found or did.
type Counts struct {
	Declared  int // entities that the documents read declare
	Created   int
	Updated   int
	Unchanged int
	Proposed  int // proposals opened
	Drifted   int // differ from what is recorded after the scan, proposed or rejected before
	Missing   int // gone from their documents in this scan
	Removed   int // no longer declared and removed (prune)
	Failed    int // declarations that could not be used
	Conflicts int // proposals that show two sources at odds
}

// Add adds another document's counts.
func (c *Counts) Add(o Counts) {
	c.Declared += o.Declared
	c.Created += o.Created
	c.Updated += o.Updated
	c.Unchanged += o.Unchanged
	c.Proposed += o.Proposed
	c.Drifted += o.Drifted
	c.Missing += o.Missing
	c.Removed += o.Removed
	c.Failed += o.Failed
	c.Conflicts += o.Conflicts
}

// Name names an entity in a summary.
type Name struct {
	ID         uuid.UUID
	EntityType string
	Name       string
}

// SchemaName names a schema kind in a summary.
type SchemaName struct{ Kind, Name, Outcome string }

// Note is a problem of a document in a summary.
type Note struct {
	Document string // its uri
	Name     string // the declaration's name, where it may be told
	Place    string // byte offset and path
	Reason   string
}

// DocumentResult is what became of one document.
type DocumentResult struct {
	URI           string
	Status        ScanStatus
	Reason        string
	Format        string
	Scope         string
	Lineage       string
	Serial        uint64
	WriterVersion string
}

// Stopped reports whether the status leaves the catalogue as it was.
func (s ScanStatus) Stopped() bool {
	switch s {
	case ScanSucceeded, ScanPartial, ScanUnchanged:
		return false
	}
	return true
}
