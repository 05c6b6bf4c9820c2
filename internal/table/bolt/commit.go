package bolt

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"syscall"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"plumbline/internal/table"
	"plumbline/internal/table/bolt/boltfile"
)

// change is one caller's part of a transaction.
type change struct {
	// apply changes what is stored. If it must not, it changes nothing and returns
	// why: that error is for its own caller alone, the other changes go on.
	apply func(*stored) error
	done  chan error // receives one answer
}

// maxShared is how many changes share a transaction at most; each is below the
// 4 MB of a write.
const maxShared = 64

// commit has the change made and waits until it is on the disk. A context that
// is done before the change's turn gives its error, and nothing takes place.
func (t *Table) commit(ctx context.Context, apply func(*stored) error) error {
	c := change{apply: apply, done: make(chan error, 1)}
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case t.changes <- c:
		return <-c.done
	case <-ctx.Done():
		return ctx.Err()
	case <-t.closing:
		return ErrClosed
	}
}

// commitAll is the only writer. A lone change is committed at once; those that
// come while the disk syncs wait in their callers and share the next commit.
func (t *Table) commitAll() error {
	for {
		select {
		case first := <-t.changes:
			t.commitShared(t.gather(first))
		case <-t.closing:
			return nil
		}
	}
}

// gather takes the changes that are waiting. It lets other goroutines run first:
// those that the last commit has just answered often bring the next change.
func (t *Table) gather(first change) []change {
	changes := []change{first}
	runtime.Gosched()
	for len(changes) < maxShared {
		select {
		case next := <-t.changes:
			changes = append(changes, next)
		default:
			return changes
		}
	}
	return changes
}

// commitShared makes the changes in one transaction and answers each caller. An
// error of the transaction, or a panic in it, goes to all: what one judged may rest on
// another.
func (t *Table) commitShared(changes []change) {
	own := make([]error, len(changes))
	err := boltfile.Guard(func() error {
		return t.inTransaction(func(s *stored) {
			for i, c := range changes {
				own[i] = c.apply(s)
			}
		})
	})
	err = full(err)
	for i, c := range changes {
		c.done <- cmp.Or(err, own[i])
	}
}

// full marks an error of a disk without room.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", table.ErrFull, err)
	}
	return err
}

// inTransaction commits what do has changed, if it has changed anything.
func (t *Table) inTransaction(do func(*stored)) error {
	tx, err := t.db.Begin(true)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a panic; else it is over already
	s := storedIn(tx)
	do(s)
	if s.failed != nil || !s.changed {
		return cmp.Or(s.failed, tx.Rollback())
	}
	return tx.Commit()
}

// view reads what is committed.
func (t *Table) view(ctx context.Context, read func(*stored) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := boltfile.Guard(func() error {
		return t.db.View(func(tx *bbolt.Tx) error { return read(storedIn(tx)) })
	})
	if errors.Is(err, bbolterrors.ErrDatabaseNotOpen) {
		return ErrClosed
	}
	return err
}
