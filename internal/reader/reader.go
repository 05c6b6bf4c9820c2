// Package reader turns a document, one object that a source reads, into
// declarations. It knows neither AWS nor the catalogue.
//
// Its one invariant: nothing secret leaves a reader. What is sensitive is replaced
// by a keyed digest before a caller sees it (package redact), in values, in errors
// and in warnings alike.
//
// A document is read twice, from the same bytes. Pass one ([Reader.Index]) yields
// one digest an entity, so that memory grows with the number of entities and never
// with the document; pass two ([Reading.Bodies]) yields those entities that the
// caller asks for. To add a kind of source: implement [Reader] in a package below
// this one, add its fixtures, name the
// kind in package drift and in the API, register it in service/readers.
package reader

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reader/budget"
	"plumbline/internal/reader/redact"
)

// Document is one object, at one version.
type Document struct {
	// URI names the document in errors and warnings, e.g. "s3://b/prod/vpc.tfstate".
	URI string
	// Scope is the prefix of the names of its entities, "prod/vpc": see place.Scope.
	Scope string
	// Environment is the namespace of entity ids.
	Environment uuid.UUID
	// Open gives the bytes of a document of one object from the start, the same at every
	// call; the reader closes it. nil for a document of many.
	Open func(context.Context) (io.ReadCloser, error)
	// Files are the objects of a document that is everything below a prefix, each at one
	// version; nil for a document of one.
	Files Files
	// Atmos are the settings of a source of Atmos manifests.
	Atmos drift.AtmosSettings
	// Keys make the digests of secrets.
	Keys *redact.Keys
	// OpenOutputs are the outputs of other states that are shown.
	OpenOutputs OpenOutputs
	// Budget is what both passes may use, together with whatever is made of them; nil
	// for no limits. A reading that runs out of it ends by a [*budget.ExceededError].
	Budget *budget.Budget
}

// Files is a read-only file system over objects. Opening one may fail for the reasons
// that storage has; such an error ends the reading and is returned as it is, below what
// says which object it was. Safe for concurrent use.
type Files interface {
	fs.FS
	// ETag is the version of an object, different from that of any other object
	// anywhere; "" where there is none of that path.
	ETag(path string) string
}

// Reader reads one kind of document. Safe for concurrent use.
type Reader interface {
	// Version changes when the same document would give other digests or other
	// declarations than before.
	Version() int
	// Index reads the document and yields an [Entry] for each declaration, in the
	// document's order; an entity that is declared twice is yielded twice. An error
	// of yield ends it and is returned as it is.
	//
	// A document that is not of this format, or cannot be used, is an
	// [*UnusableError]; other errors come from opening or reading it. After an
	// error nothing of what was yielded may be taken as the document's set.
	Index(ctx context.Context, doc Document, yield func(Entry) error) (Reading, error)
}

// Reading is a document after pass one.
type Reading interface {
	// Facts are what the document says of itself.
	Facts() Facts
	// Bodies reads the document again and yields the entities whose id is wanted,
	// in the document's order, each body as its own (the caller may keep it).
	Bodies(ctx context.Context, want func(uuid.UUID) bool, yield func(Declared) error) error
}

// Snapshot is a [Reading] that can also show the document as it was read, secrets
// masked, in a form of its kind.
type Snapshot interface {
	Reading
	// WriteSnapshot writes it; the same document gives the same bytes. The error is
	// that of w.
	WriteSnapshot(w io.Writer) error
}

// Entry is what pass one says of one declaration.
type Entry struct {
	// ID is [catalog.EntityID] of the declaration.
	ID uuid.UUID
	// Digest is SHA-256 over the canonical bytes of all that [Declared] will hold,
	// secrets as digests under the first key of [redact.Keys]. Alternate is the same
	// under the second key, equal to Digest where the entity has no secret.
	Digest, Alternate [32]byte
}

// Declared is one declaration with its properties.
type Declared struct {
	ID     uuid.UUID
	Entity catalog.Entity
	// Alternate holds the properties that have a secret inside, with its digest
	// under the second key; nil when there is one key only.
	Alternate map[string]catalog.Value
	// Digest is that of the declaration's [Entry].
	Digest [32]byte
	// Place is where it stands, as a [Problem] tells it; "" where that is not known.
	Place string
}

// Format is what classification found a document to be.
type Format string

const (
	FormatEmpty     Format = "empty"           // zero bytes: no state
	FormatState     Format = "state"           // tf-state v4
	FormatLegacy    Format = "legacy-state"    // tf-state v1 to v3
	FormatNewer     Format = "newer-state"     // tf-state above v4
	FormatEncrypted Format = "encrypted-state" // OpenTofu's envelope
	FormatPointer   Format = "backend-pointer" // .terraform/terraform.tfstate
	FormatShow      Format = "show-json"       // `show -json` of a state
	FormatPlan      Format = "plan-json"       // `show -json` of a plan
	FormatLock      Format = "lock"            // a .tflock object
	FormatItems     Format = "items"           // declarations pushed by a caller
	FormatEstate    Format = "atmos-estate"    // Atmos manifests below a prefix
	FormatDescribed Format = "atmos-described" // the output of atmos describe stacks
	FormatBinary    Format = "binary-state"    // before Terraform 0.7
	FormatUnknown   Format = "unknown"         // none of these
)

// Facts are what a document says of itself; zero where it is silent.
type Facts struct {
	Format  Format
	Lineage string
	Serial  uint64
	// HasSerial tells serial 0 from none.
	HasSerial bool
	// WriterVersion is the version of the tool that wrote it ("1.9.5").
	WriterVersion string
	// Schemas tells by entity type which attributes the document has, where it has all of
	// a schema; nil where that is not so.
	Schemas map[string]Schema
	// Failed lists declarations that are invalid: what they declared before is not
	// gone. Sorted by place.
	Failed []Problem
	// Uncertain reports whether a recorded entity may be, in whole or in part, what a
	// piece of the document declared that could not be read: it is neither changed nor
	// gone. It speaks for those in Failed that name no entity; where it is nil, such a
	// failure keeps everything.
	Uncertain func(recorded *catalog.Entity) bool
	// Warnings are what was skipped or mended. Sorted by place.
	Warnings []Problem
	// Entities counts what pass one yielded.
	Entities int
	// Empty: it declares nothing but itself, such as a state without resources and
	// outputs.
	Empty bool
}

// Schema is what a document tells of the schema of an entity type.
type Schema struct {
	// Provider is the type of the provider, "aws".
	Provider string
	// Instances counts the entities of the type.
	Instances int
	// Attributes are those that any of them has, Common those that all have; both sorted.
	Attributes, Common []string
}

// Problem is one fault at one place.
type Problem struct {
	// ID is the entity that the fault concerns, the zero id where it is not known.
	ID uuid.UUID
	// Name is that entity's name; "" where it is not known or must not be told.
	Name string
	// Path is a JSON Pointer into the document (RFC 6901), or "file:line".
	Path string
	// Offset is the byte offset, -1 where it is not known.
	Offset int64
	// Reason says what is wrong and never quotes the document's values.
	Reason string
}

func (p Problem) String() string {
	if place := p.Place(); place != "" {
		return place + ": " + p.Reason
	}
	return p.Reason
}

// Place is where the fault is: "at byte 12, /resources/0", "file:line", "" where that is
// not known.
func (p Problem) Place() string {
	switch {
	case p.Path != "" && p.Offset >= 0:
		return fmt.Sprintf("at byte %d, %s", p.Offset, p.Path)
	case p.Offset >= 0:
		return fmt.Sprintf("at byte %d", p.Offset)
	}
	return p.Path
}

// ErrUnusable is what every [*UnusableError] is.
var ErrUnusable = errors.New("unusable document")

// UnusableError says why nothing can be declared from a document.
type UnusableError struct {
	// NotFormat: the document is something else than the reader reads. False: it is
	// of the format, but broken, encrypted or of a version that is not supported.
	NotFormat bool
	// Encrypted and Unsupported name two of the reasons; neither is set for a
	// document that is broken.
	Encrypted, Unsupported bool
	Problem                Problem
	// Facts are what is known all the same: format, lineage and serial of an
	// encrypted state.
	Facts Facts
}

func (e *UnusableError) Error() string {
	if e.NotFormat {
		return "not this format: " + e.Problem.String()
	}
	return "unusable: " + e.Problem.String()
}

// Is makes errors.Is(err, ErrUnusable) true.
func (e *UnusableError) Is(target error) bool { return target == ErrUnusable }
