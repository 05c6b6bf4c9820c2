// Package bolt is the table port on one file of the local disk, by bbolt: the
// embedded table that a machine without AWS runs on.
//
// Its one invariant: a write that was answered is on the disk, whole. Every
// change passes through one goroutine (commit.go), which judges it in the
// transaction that stores it; changes that arrive while the disk is busy share
// the next transaction and its fsync.
//
//	bucket    key                          value
//	items     escaped PK, 00 01, SK        revision, expiry, checksum, body
//	expiries  expiry, key in items         (nothing)
//	meta      "format"                     the version of this layout
//
// Start at [Open].
package bolt

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"plumbline/internal/parallel"
	"plumbline/internal/table"
	"plumbline/internal/table/bolt/boltfile"
)

// Config is what [Open] can be told.
type Config struct {
	// Now is the clock that expiry is judged by; nil means time.Now.
	Now func() time.Time
	// Expected: the table was there before, so that a file which is missing or empty is
	// [boltfile.ErrMissing], rather than made.
	Expected bool
	// Warn takes what Open has repaired; nil for nobody.
	Warn func(text string)
}

// Table implements [table.Table]. Make it with [Open].
type Table struct {
	db  *bbolt.DB
	now func() time.Time

	changes chan change    // to the committer
	closing chan struct{}  // closed by Close
	writer  parallel.Group // the committer
	close   func() error
}

var _ table.Table = (*Table)(nil)

// ErrClosed says that the table was closed before the call; nothing took place.
var ErrClosed = errors.New("table is closed")

// lockTimeout is how long Open waits for another process to let go of the file:
// long enough for a predecessor that is about to end.
const lockTimeout = 800 * time.Millisecond

// Open opens the table in the file at path, or makes it; the folder must exist. A
// file that another process holds is [table.ErrBusy], after less than a second; one
// that is not as it was written is [boltfile.ErrDamaged]. The caller closes the table.
func Open(path string, config Config) (*Table, error) {
	layout := layout{expected: config.Expected}
	db, err := boltfile.Open(path, boltfile.Config{Timeout: lockTimeout, Expected: config.Expected, Leaf: layout.see, Warn: config.Warn})
	if errors.Is(err, boltfile.ErrHeld) {
		return nil, fmt.Errorf("open table %s: %w: %w", path, err, table.ErrBusy)
	}
	if err != nil {
		return nil, fmt.Errorf("open table %s: %w", path, err)
	}
	if err := boltfile.Guard(func() error { return db.Update(layout.prepare) }); err != nil {
		return nil, errors.Join(fmt.Errorf("open table %s: %w", path, err), db.Close())
	}
	t := &Table{
		db:      db,
		now:     config.Now,
		changes: make(chan change),
		closing: make(chan struct{}),
	}
	if t.now == nil {
		t.now = time.Now
	}
	t.close = sync.OnceValue(t.end)
	t.writer.Start(t.commitAll)
	return t, nil
}

// Close waits for the calls under way and lets go of the file. Later calls give
// [ErrClosed]; closing twice is closing once.
func (t *Table) Close() error { return t.close() }

func (t *Table) end() error {
	close(t.closing)
	return errors.Join(t.writer.Wait(), t.db.Close())
}
