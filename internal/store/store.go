// Package store keeps Plumbline's records in the one table: every key is built in
// keys.go, which lists each access pattern; one file holds one pattern.
//
// Its one invariant: what belongs together is written together. The change of an
// entity, its heads, proposals, list entries and totals are one transaction, which
// takes place only while the scan that makes it holds its lease.
//
// Start at keys.go, then apply.go.
package store

import (
	"context"
	"errors"
	"time"

	"plumbline/internal/table"
)

// Blobs keeps bodies that are too big for an item. Keys are made by this package;
// putting one again puts the same bytes.
type Blobs interface {
	PutBlob(ctx context.Context, key string, body []byte) error
	GetBlob(ctx context.Context, key string) ([]byte, error)
	// DeleteBlob removes a blob; one that is not there is no error.
	DeleteBlob(ctx context.Context, key string) error
	// ListBlobs yields the key of every blob that begins with prefix, in order. An error
	// of yield ends it and is returned as it is; yield may delete the blob.
	ListBlobs(ctx context.Context, prefix string, yield func(key string) error) error
}

// Config ties a [Store] to its surroundings; every field is required.
type Config struct {
	Table table.Table
	Blobs Blobs
	Now   func() time.Time
}

// Store reads and writes typed records. Safe for concurrent use.
type Store struct {
	table table.Table
	blobs Blobs
	now   func() time.Time
}

// New makes a store.
func New(c Config) *Store { return &Store{table: c.Table, blobs: c.Blobs, now: c.Now} }

// With gives the store over another table, e.g. one that counts.
func (s *Store) With(t table.Table) *Store { return &Store{table: t, blobs: s.blobs, now: s.now} }

// Table is what the store writes to.
func (s *Store) Table() table.Table { return s.table }

var (
	// ErrNotFound says that there is no such record.
	ErrNotFound = errors.New("not found")
	// ErrExists says that a record of that identity is there already.
	ErrExists = errors.New("exists already")
	// ErrConflict says that a record moved since it was read.
	ErrConflict = table.ErrConflict
	// ErrLeaseLost says that the scan no longer holds its source: it may write
	// nothing more.
	ErrLeaseLost = errors.New("lease lost")
	// ErrScopeTaken says that another document already has the scope.
	ErrScopeTaken = errors.New("scope taken")
)

// first is the revision of a new item. It starts at the clock, in microseconds, so
// that a record which was deleted and created again never has a revision that a
// reader of the old one could name.
func (s *Store) first() int64 { return max(1, s.now().UnixMicro()) }

// ErrBadCursor says that a cursor was not made by the list that it was given to.
var ErrBadCursor = errors.New("bad cursor")
