// Package scan is the one use case that reads a source and reconciles it with the
// catalogue. Everything that triggers a scan calls it: the API, an upload to S3, the
// schedule.
//
// Its one invariant: a scan that dies anywhere and runs again ends in the same
// table. One scan of a source runs at a time, under a lease that every transaction
// checks; a document is read as it is now, never as an event says it was; what could
// not be read is not gone.
//
//	Run -> lease -> documents -> pass one -> hold? -> compare with heads
//	    -> pass two -> reconcile -> apply, a few entities a transaction -> finish
//
// Start at [Scanner.Run]; [Scanner.Upload] and [Scanner.Tick] turn events and time
// into scans.
package scan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/object"
	"plumbline/internal/place"
	"plumbline/internal/reader"
	"plumbline/internal/reader/budget"
	"plumbline/internal/reader/redact"
	"plumbline/internal/store"
)

// Objects reads documents. Errors are those of package object.
type Objects interface {
	Head(ctx context.Context, at place.Location) (object.Info, error)
	Open(ctx context.Context, at place.Location, pin object.Pin) (io.ReadCloser, object.Info, error)
	List(ctx context.Context, bucket, prefix string, yield func(object.Info) error) error
}

// Queue hands a job to whoever works it later, at least once.
type Queue interface {
	Send(ctx context.Context, job Job) error
}

// Job is a scan to be run.
type Job struct {
	Source  drift.SourceRef
	Trigger drift.Trigger
	Actor   string
	// ScanID continues a scan that stopped at its deadline; zero for a new one.
	ScanID uuid.UUID
	// Force is the scan whose hold a person released, zero for none.
	Force uuid.UUID
	// Full looks at every entity that is not current.
	Full bool
}

// Config ties a [Scanner] to its surroundings. Every field is required unless it
// says otherwise.
type Config struct {
	Store   *store.Store
	Objects Objects
	Queue   Queue
	Keys    *redact.Keys
	// OpenOutputs are the outputs of other states that are shown; may be nil.
	OpenOutputs reader.OpenOutputs
	// Readers by kind of source.
	Readers map[drift.Kind]reader.Reader
	// Prefixes says where each organisation may read.
	Prefixes place.Prefixes
	// MaxDocument is the largest object that is read, in bytes.
	MaxDocument int64
	// Budget is what one reading of one document may use; the zero value is what a
	// function of 1,024 MB can hold.
	Budget budget.Limits
	Now    func() time.Time
	// Log takes what nobody waits for: scans that fail.
	Log *slog.Logger
	// Ended takes every scan that has ended and is stored, with its source; nil for
	// nobody.
	Ended func(context.Context, drift.Source, drift.Scan)
	// Quiet is how long a prefix must be quiet before it is scanned, QuietMax how
	// long a burst can put that off; zero means 30 s and 5 min.
	Quiet, QuietMax time.Duration
	// Settle is how long nothing below a prefix that is one document may have been
	// written before it is read; zero means 2 s.
	Settle time.Duration
	// PushWait is how long a push, a force and the rest of a scan wait for another that
	// is running; zero means 20 s.
	PushWait time.Duration
}

// Scanner runs scans. Safe for concurrent use.
type Scanner struct{ Config }

// New makes a scanner.
func New(c Config) *Scanner {
	if c.Quiet == 0 {
		c.Quiet = 30 * time.Second
	}
	if c.QuietMax == 0 {
		c.QuietMax = 5 * time.Minute
	}
	if c.Settle == 0 {
		c.Settle = 2 * time.Second
	}
	if c.PushWait == 0 {
		c.PushWait = 20 * time.Second
	}
	return &Scanner{Config: c}
}

// Request asks for one scan.
type Request struct {
	Job
	// Push makes it a push of the declared set; nil reads the uri.
	Push *Push
	// DryRun answers the plan and writes nothing; that of a push is kept in the history.
	DryRun bool
	// Deadline is when the scan stops between transactions and queues its
	// continuation; zero: never.
	Deadline time.Time
	// parked is why documents are not read, see [Scanner.Park]; "" to read them.
	parked string
}

// Push is the body of a rescan with items.
type Push struct {
	// Items is the JSON array of declarations, Deletions that of schema kinds to
	// delete; nil for none.
	Items, Deletions []byte
	// MaySchema: the caller may write schema kinds.
	MaySchema bool
}

// Lease times. A scan renews its lease while it works.
const leaseTime = time.Minute

var (
	// ErrRunning says that a push, a force or the rest of a scan found another scan of
	// the source running, and waited in vain.
	ErrRunning = errors.New("another scan of the source is running")
	// ErrUnfinished says that a push or a dry run reached its deadline: neither can be
	// handed on. What a push applied stays; the same push goes on from there.
	ErrUnfinished = fmt.Errorf("not finished in time, send it again: %w", context.DeadlineExceeded)
	// ErrMoved says that a document is no longer what a held scan reviewed.
	ErrMoved = errors.New("the document moved since the held scan")
	// ErrNotHeld says that force names a scan which holds nothing.
	ErrNotHeld = errors.New("no document is held by that scan")
	// ErrPushOnly says that the source's uri is not one that is read.
	ErrPushOnly = errors.New("the source is push-only: send items")
	// ErrSchemaDenied says that a push carries schema kinds that its caller may not
	// write.
	ErrSchemaDenied = errors.New("schema kinds need catalog:write")
	// ErrNotFound says that there is no such source, or that it is being deleted.
	ErrNotFound = store.ErrNotFound
)

// InvalidError says what is wrong with a push as a whole; single declarations that
// are wrong are listed in the scan's summary.
type InvalidError struct{ Problems []reader.Problem }

func (e *InvalidError) Error() string {
	if len(e.Problems) == 0 {
		return "invalid push"
	}
	return "invalid push: " + e.Problems[0].String()
}
