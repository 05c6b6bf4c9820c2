package drift

import (
	"time"

	"github.com/google/uuid"
)

// StaleAfter is how long an entity stays current without a scan of its document.
const StaleAfter = 24 * time.Hour

// DefaultSchedule is the schedule of a source that names none.
const DefaultSchedule = "rate(12 hours)"

// Settings are what a caller registers and changes.
type Settings struct {
	Kind   Kind
	URI    string
	Policy Policy
	// Scope replaces the default scope of a document, or is the prefix of the
	// documents' scopes when the uri is a prefix. Fixed by the first scan.
	Scope string
	// WorkspaceKeyPrefix is the folder in which the backends of the source's states keep
	// those of workspaces, "" for Terraform's default; see [place.Workspaces].
	WorkspaceKeyPrefix string
	// Prune removes what the source no longer declares.
	Prune bool
	// Literal compares values as they stand: see package reconcile for what is alike
	// otherwise.
	Literal bool
	// Schedule is EventBridge's rate(..) or cron(..).
	Schedule string
	// Atmos is for [KindAtmos] alone.
	Atmos AtmosSettings
}

// AtmosSettings say how an estate of Atmos manifests is read; the zero value reads it
// as it configures itself.
type AtmosSettings struct {
	// Config is what lies over the estate's atmos.yaml, or stands for it where there is
	// none, as a canonical JSON object with the keys of atmos.yaml; "" for nothing.
	Config string
	// ConfigPath is where atmos.yaml stands below the prefix, "" for its usual names at
	// the top.
	ConfigPath string
	// Profile names a folder of profiles/, "" for the estate's default, or none.
	Profile string
}

// Source is a registered import source: one uri in one environment of a project.
type Source struct {
	ID           uuid.UUID // UUIDv7
	Organisation string
	Project      string
	ProjectID    uuid.UUID
	Environment  string
	EnvID        uuid.UUID
	Settings     Settings
	// SettingsRevision grows by one with each change of Settings; an ETag ends a
	// scan early only under the settings that it was read with.
	SettingsRevision int64
	// Pushed is set by a rescan with items: events and the schedule leave the
	// source alone until a rescan without items.
	Pushed bool
	// Deleting is set once a delete was accepted; every use but the delete refuses.
	Deleting bool
	// Last is the stamp of the last scan that ended, nil before the first.
	Last *Stamp
	// NextDue is when the schedule scans the source next; zero: never.
	NextDue time.Time
	// FailingSince is when the first of its last scans has failed, if all since have; zero
	// once one has not.
	FailingSince time.Time
	CreatedAt    time.Time
	UpdatedAt    time.Time
	// Revision is that of the stored record.
	Revision int64
}

// Stamp is what a source says of its last scan.
type Stamp struct {
	ScanID uuid.UUID
	At     time.Time
	Status ScanStatus
}

// SourceRef names a source where only its identity matters.
type SourceRef struct {
	Organisation string
	Project      string
	ProjectID    uuid.UUID
	ID           uuid.UUID
}

// Ref is the source's reference.
func (s Source) Ref() SourceRef {
	return SourceRef{Organisation: s.Organisation, Project: s.Project, ProjectID: s.ProjectID, ID: s.ID}
}
