// Package objecttest fails calls to S3 on purpose, so that a test can show that a
// use case survives a fault at every one of them.
//
// Its one invariant: a call that is not told to fail is handed on unchanged.
//
// Start at [Faults].
package objecttest

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"plumbline/internal/object"
	"plumbline/internal/place"
)

// Objects is all that a use case may ask of S3; [object.Store] serves it.
type Objects interface {
	Head(ctx context.Context, at place.Location) (object.Info, error)
	Open(ctx context.Context, at place.Location, pin object.Pin) (io.ReadCloser, object.Info, error)
	List(ctx context.Context, bucket, prefix string, yield func(object.Info) error) error
	Put(ctx context.Context, at place.Location, body io.ReadSeeker, options object.PutOptions) (object.Info, error)
	Upload(ctx context.Context, at place.Location, contentType string, write func(io.Writer) error) (object.Info, error)
	PresignGet(ctx context.Context, at place.Location, ttl time.Duration) (url string, err error)
	Delete(ctx context.Context, at place.Location) error
	Exists(ctx context.Context, at place.Location) (bool, error)
}

// ErrInjected is the error of a call that was told to fail.
var ErrInjected = errors.New("injected fault")

// When tells the two ways to fail apart.
type When int

const (
	// Before fails the call without making it.
	Before When = iota + 1
	// After makes the call and loses its answer; an opened body breaks halfway and a
	// listing after its first object.
	After
)

// Faults hands calls on and fails one of them. Safe for concurrent use.
type Faults struct {
	inner Objects

	mu    sync.Mutex
	calls int
	nth   int
	when  When
}

// New wraps objects; nothing fails until [Faults.Fail] is called.
func New(inner Objects) *Faults { return &Faults{inner: inner} }

// Fail makes the nth call from now (1 is the next) fail once, and counts anew.
func (f *Faults) Fail(nth int, when When) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls, f.nth, f.when = 0, nth, when
}

// Calls counts the calls since [New] or [Faults.Fail].
func (f *Faults) Calls() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

// next counts a call and says how it is to fail, 0 for not at all.
func (f *Faults) next() When {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	if f.calls == f.nth {
		return f.when
	}
	return 0
}
