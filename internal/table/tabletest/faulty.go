package tabletest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"plumbline/internal/table"
)

// Moment is when a fault strikes.
type Moment uint8

const (
	// Before: the call does nothing and fails.
	Before Moment = iota
	// After: the call is carried out, but its answer, be it a result or an error, is
	// lost.
	After
)

// ErrFault is the error of a call that [Faulty] lets fail.
var ErrFault = errors.New("injected fault")

// Faulty passes all calls on to a table and lets one of them fail. Reads and
// writes count alike, from 1. Safe for concurrent use.
//
// To strike at each call of a use case in turn:
//
//	for call := 1; ; call++ {
//		faulty := &tabletest.Faulty{Table: inner, Call: call, When: tabletest.After}
//		.. // run it on faulty, then again on inner; compare
//		if !faulty.Struck() {
//			break
//		}
//	}
type Faulty struct {
	// Table takes the calls. Required.
	Table table.Table
	// Call is the one that fails; 0: none, only count.
	Call int
	// When is whether the failing call is carried out.
	When Moment
	// Err is the error of the failing call; nil means [ErrFault]. A lost race is
	// &table.ConflictError{}, with Before.
	Err error

	calls atomic.Int64
}

var _ table.Table = (*Faulty)(nil)

// Calls is how many calls there have been.
func (f *Faulty) Calls() int { return int(f.calls.Load()) }

// Struck tells whether the call that fails has come.
func (f *Faulty) Struck() bool { return f.Call > 0 && f.Calls() >= f.Call }

// Get implements [table.Table].
func (f *Faulty) Get(ctx context.Context, key table.Key) (item table.Item, err error) {
	err = f.pass("get", func() error {
		item, err = f.Table.Get(ctx, key)
		return err
	})
	return orZero(item, err)
}

// BatchGet implements [table.Table].
func (f *Faulty) BatchGet(ctx context.Context, keys []table.Key) (items []table.Item, err error) {
	err = f.pass("batch get", func() error {
		items, err = f.Table.BatchGet(ctx, keys)
		return err
	})
	return orZero(items, err)
}

// Query implements [table.Table].
func (f *Faulty) Query(ctx context.Context, query table.Query) (page table.Page, err error) {
	err = f.pass("query", func() error {
		page, err = f.Table.Query(ctx, query)
		return err
	})
	return orZero(page, err)
}

// Write implements [table.Table].
func (f *Faulty) Write(ctx context.Context, ops ...table.Op) error {
	return f.pass("write", func() error { return f.Table.Write(ctx, ops...) })
}

// BulkPut implements [table.Table].
func (f *Faulty) BulkPut(ctx context.Context, items []table.Item) error {
	return f.pass("bulk put", func() error { return f.Table.BulkPut(ctx, items) })
}

// pass carries the call out unless it is the one that fails before.
func (f *Faulty) pass(method string, call func() error) error {
	n := int(f.calls.Add(1))
	if n != f.Call {
		return call()
	}
	if f.When == After {
		_ = call() // whatever came of it, the caller never learns
	}
	fault := f.Err
	if fault == nil {
		fault = ErrFault
	}
	return fmt.Errorf("call %d, %s: %w", n, method, fault)
}

// orZero gives no result along with an error.
func orZero[T any](result T, err error) (T, error) {
	if err != nil {
		var zero T
		return zero, err
	}
	return result, nil
}
