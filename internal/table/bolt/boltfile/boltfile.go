// Package boltfile opens files of bbolt, and checks them first. bbolt trusts what it
// reads: of a file that was cut or changed it makes panics, faults of the memory map,
// or an empty table.
//
// Its one invariant: what it opens has no page that bbolt could stumble over. Contents
// of keys and values have no checksum in the file; of those it checks what the caller
// can tell of them.
//
// Start at [Open].
package boltfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"plumbline/internal/parallel"
)

// Config is what [Open] can be told.
type Config struct {
	// Timeout is how long to wait for another process to let go of the file.
	Timeout time.Duration
	// Expected: the file was there before, so that one which is missing or empty is
	// [ErrMissing], rather than made.
	Expected bool
	// Leaf checks a key and its value in a top-level bucket, which it may not keep; its
	// error says that they are damaged. May be nil.
	Leaf func(bucket string, key, value []byte) error
	// Warn takes what was repaired; nil for nobody.
	Warn func(text string)
}

var (
	// ErrDamaged says that a file is not as bbolt has written it; where, is in the text.
	ErrDamaged = errors.New("the file is damaged")
	// ErrMissing says that an expected file is missing or empty.
	ErrMissing = errors.New("the file is missing or empty")
	// ErrHeld says that another process holds the file.
	ErrHeld = errors.New("another process holds the file")
)

// Open checks the file at path and opens it, or makes it. The caller closes it. The
// errors are [ErrDamaged], [ErrMissing] and [ErrHeld], and those of the disk.
func Open(path string, config Config) (*bbolt.DB, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, err
	case err != nil || info.Size() == 0:
		if config.Expected {
			return nil, ErrMissing
		}
	default:
		if err := check(path, config); err != nil {
			return nil, err
		}
	}
	return open(path, bbolt.Options{Timeout: config.Timeout, FreelistType: bbolt.FreelistMapType, NoStatistics: true})
}

// check checks a file while it is held against writers.
func check(path string, config Config) error {
	held, err := open(path, bbolt.Options{Timeout: config.Timeout, ReadOnly: true, NoStatistics: true})
	_, ofDisk := errors.AsType[*fs.PathError](err)
	switch {
	case errors.Is(err, ErrHeld), ofDisk:
		return err
	case err != nil:
		return damaged("its first pages are not those of a table: %v", err)
	}
	file, err := os.Open(path)
	if err == nil {
		err = checkFile(file, config)
		err = errors.Join(err, file.Close())
	}
	return errors.Join(err, held.Close())
}

// open opens without a check of the pages.
func open(path string, options bbolt.Options) (db *bbolt.DB, err error) {
	err = Guard(func() error {
		db, err = bbolt.Open(path, 0o600, &options)
		return err
	})
	if errors.Is(err, bbolterrors.ErrTimeout) {
		return nil, ErrHeld
	}
	return db, err
}

// Guard calls do, which uses an open file. What bbolt panics over, and a fault of the
// memory map (the file was cut under the process, a disk that cannot be read), is
// [ErrDamaged].
func Guard(do func() error) error {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	err := parallel.Call(do)
	if _, ok := errors.AsType[*parallel.Panic](err); ok {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}
