// Package review is the use case of a person's decisions: to approve or reject what
// a scan held.
//
// Its one invariant: a decision is one transaction. The proposal is still pending
// and the properties that it touches are still as the scan found them, or nothing
// changes.
//
// Start at [Reviewer.Decide].
package review

import (
	"errors"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/store"
)

// Config ties a [Reviewer] to its surroundings; every field is required.
type Config struct {
	Store *store.Store
	Now   func() time.Time
}

// Reviewer decides proposals. Safe for concurrent use.
type Reviewer struct{ Config }

// New makes a reviewer.
func New(c Config) *Reviewer { return &Reviewer{Config: c} }

// Decision is what a person says of one proposal.
type Decision struct {
	Source   drift.Source
	Proposal uuid.UUID
	// Status is [drift.Approved] or [drift.Rejected].
	Status drift.ProposalStatus
	Actor  string
}

var (
	// ErrNotFound says that the source has no such proposal.
	ErrNotFound = store.ErrNotFound
	// ErrDecided says that the proposal is no longer pending.
	ErrDecided = errors.New("proposal is decided already")
	// ErrStale says that the entity moved since the proposal was made; the source is
	// due for a full scan, so that a fresh proposal follows.
	ErrStale = errors.New("proposal is stale")
)
