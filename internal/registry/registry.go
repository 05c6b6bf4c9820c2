// Package registry is the use case of what people set up: sources, environments and
// entity types, and the entities that nobody declares any more.
//
// Its one invariant: a call repeated is the same call, also when twenty callers race.
// A registration is one source for its (project, environment, uri), and what was
// decided once, a policy above all, changes only when a caller says so.
//
// Start at [Registry.Register].
package registry

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"plumbline/internal/catalog"
	"plumbline/internal/place"
	"plumbline/internal/scan"
	"plumbline/internal/store"
)

// Config ties a [Registry] to its surroundings; every field is required unless it
// says otherwise.
type Config struct {
	Store *store.Store
	// Queue takes the deletes of sources.
	Queue scan.Queue
	// Prefixes says where each organisation may read.
	Prefixes place.Prefixes
	Now      func() time.Time
	// Wait is how long the delete of an environment waits for those of its sources;
	// zero means 10 s.
	Wait time.Duration
}

// Registry sets things up. Safe for concurrent use.
type Registry struct{ Config }

// New makes a registry.
func New(c Config) *Registry {
	if c.Wait == 0 {
		c.Wait = 10 * time.Second
	}
	return &Registry{Config: c}
}

var (
	// ErrUnknownEnvironment says that a request names an environment that the project
	// has not. A project without environments has none at all.
	ErrUnknownEnvironment = errors.New("environment not found")
	// ErrOtherEnvironment says that a request names another environment than the
	// source's.
	ErrOtherEnvironment = errors.New("the source belongs to another environment")
	// ErrForeignURI says that the organisation may not read what a uri names.
	ErrForeignURI = errors.New("the uri does not lie under one of the organisation's allowed prefixes")
	// ErrKindFixed and ErrScopeFixed say that the first scan has fixed what a request
	// would change.
	ErrKindFixed  = errors.New("the source was scanned: its kind is fixed")
	ErrScopeFixed = errors.New("the source was scanned: its scope is fixed")
	// ErrDeleting says that the source of that uri is being deleted: try again.
	ErrDeleting = errors.New("the source of that uri is being deleted")
	// ErrEnvironmentExists, ErrTypeExists: there is one of the name.
	ErrEnvironmentExists = errors.New("environment exists already")
	ErrTypeExists        = errors.New("entity type exists already")
	// ErrDefaultEnvironment says that the default environment is never deleted.
	ErrDefaultEnvironment = errors.New("the default environment is never deleted")
	// ErrNotEmpty says that an environment has sources or entities.
	ErrNotEmpty = errors.New("environment is not empty: it has sources or entities")
	// ErrTypeInUse says that there are entities of the type.
	ErrTypeInUse = errors.New("entity type is in use: there are entities of it")
	// ErrDeclared says that a source declares the entity.
	ErrDeclared = errors.New("a source declares the entity")
)

// InvalidError says which fields of a request cannot be.
type InvalidError struct{ Problems catalog.Problems }

func (e *InvalidError) Error() string { return e.Problems.Error() }

func invalid(field, reason string) error {
	return &InvalidError{Problems: catalog.Problems{{Field: field, Reason: reason}}}
}

// ForeignError is [ErrForeignURI] with the prefixes that are allowed; none says that the
// organisation may read nothing.
type ForeignError struct{ Allowed []string }

func (e *ForeignError) Error() string {
	if len(e.Allowed) == 0 {
		return ErrForeignURI.Error() + ": it has none"
	}
	return ErrForeignURI.Error() + ": " + strings.Join(e.Allowed, ", ") +
		"; the same folders below " + place.DefaultWorkspaces + "/<workspace>/ are allowed too"
}

func (e *ForeignError) Unwrap() error { return ErrForeignURI }

// attempts bounds how often a call is tried again after somebody else's write.
const attempts = 60

// retry calls again while the call loses races, with pauses that grow.
func retry(ctx context.Context, call func() error) error {
	var err error
	for n := range attempts {
		if err = call(); !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			return err
		}
		pause := rand.N(time.Duration(min(n+1, 20)) * 2 * time.Millisecond)
		if waiting := sleep(ctx, pause); waiting != nil {
			return waiting
		}
	}
	return err
}

func sleep(ctx context.Context, pause time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(pause):
		return nil
	}
}
