package drift

import (
	"bytes"
	"time"

	"github.com/google/uuid"
)

// DocumentKind says what a document is, whatever its id.
type DocumentKind string

const (
	// DocumentObject is one object, or all objects that a source's uri finds.
	DocumentObject DocumentKind = "object"
	// DocumentPush holds the pushed entities.
	DocumentPush DocumentKind = "push"
	// DocumentRelationships holds the pushed relationships, which are facts: they are
	// applied under both policies, and go with their declaration.
	DocumentRelationships DocumentKind = "relationships"
)

// IsPushed reports whether the document was pushed rather than read.
func (k DocumentKind) IsPushed() bool { return k == DocumentPush || k == DocumentRelationships }

// The ids of the documents of a push.
const (
	PushDocument          = "push"
	RelationshipsDocument = "push-relationships"
)

// UnrecordedKind is the kind of a document whose record names none, as those of earlier
// versions do. The ids of objects have ten letters, so that no other has the id of a push.
func UnrecordedKind(id string) DocumentKind {
	switch id {
	case PushDocument:
		return DocumentPush
	case RelationshipsDocument:
		return DocumentRelationships
	}
	return DocumentObject
}

// Document is what a source remembers of one object that it reads.
type Document struct {
	// ID is short and stable: derived from the object's uri, or that of a push. It says
	// nothing of the kind.
	ID   string
	Kind DocumentKind
	// URI is the object's, "" for a push.
	URI string
	// Scope is the prefix of its entities' names, fixed by the first scan.
	Scope string
	// Status is that of the document in the last scan that looked at it.
	Status ScanStatus
	// Reason says why, where the status is not succeeded or unchanged.
	Reason string
	// Format, Lineage, Serial and WriterVersion are what the last reading that was
	// applied said of itself.
	Format        string
	Lineage       string
	Serial        uint64
	HasSerial     bool
	WriterVersion string
	// Basis is what the last complete scan read, and under what; a scan whose basis
	// is the same has nothing to do.
	Basis Basis
	// KeyID names the key under which the heads' digests of secrets were made.
	KeyID string
	// Snapshot is the key of the blob that shows the document as it was applied last, ""
	// where its kind leaves none.
	Snapshot string
	// Content is of the last reading that was applied.
	Content Content
	// Empty: it declared nothing but itself.
	Empty bool
	// Entities counts the heads that are not missing.
	Entities int
	// ScannedAt is when the document was last read whole and applied, or found
	// unchanged: its current entities were seen then.
	ScannedAt time.Time
	// BegunAt is when a scan first set out to apply the document: its record is there
	// before anything else of it. Zero in records of earlier versions.
	BegunAt time.Time
	// Held is set while a scan is held: what a person would release.
	Held *Hold
	// Released is the hold that a person let pass last, zero for none.
	Released Release
	// LockedSince is when a scan first found the state locked, zero when it is not.
	LockedSince time.Time
	// Gone says that the object is no longer there.
	Gone     bool
	Revision int64
}

// SeenAt is when what the document declares was seen last: in the scan that applied it
// last or, until one has applied it whole, in the one that first began to.
func (d Document) SeenAt() time.Time {
	if d.ScannedAt.IsZero() {
		return d.BegunAt
	}
	return d.ScannedAt
}

// IsUnknown reports whether the last scan left the document as it was: what it declares
// now is not known. The reason says why.
func (d Document) IsUnknown() bool { return d.Status.Stopped() && d.Status != ScanRunning && !d.Gone }

// Basis is all that decides what a reading of an object gives.
type Basis struct {
	ETag             string
	SettingsRevision int64
	ReaderVersion    int
	KeyID            string
}

// Content stands for all that one reading declares.
type Content struct {
	// Digest is SHA-256 over the declarations' digests, in hexadecimal; "" for none.
	Digest string
	// ReaderVersion is that of the reader: what another one makes is not comparable.
	ReaderVersion int
}

// Release is a hold that a person let pass: scan From held the document first, scan By
// applied it, and any scan between found it held still.
type Release struct{ From, By uuid.UUID }

// Covers reports whether a scan held what was let pass.
func (r Release) Covers(scan uuid.UUID) bool {
	return bytes.Compare(r.From[:], scan[:]) <= 0 && bytes.Compare(scan[:], r.By[:]) < 0
}

// Hold is a scan of a document that waits for a person's force.
type Hold struct {
	ScanID uuid.UUID
	Reason string
	// ETag is of the object that was reviewed.
	ETag string
}
