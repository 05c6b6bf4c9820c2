package drift

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
)

// ProposalStatus is where a proposal stands.
type ProposalStatus string

const (
	Pending    ProposalStatus = "pending"
	Approved   ProposalStatus = "approved"
	Rejected   ProposalStatus = "rejected"
	Superseded ProposalStatus = "superseded"
)

// Validate reports a status that Plumbline does not know.
func (s ProposalStatus) Validate() error {
	switch s {
	case Pending, Approved, Rejected, Superseded:
		return nil
	}
	return fmt.Errorf("proposal status %q: want pending, approved, rejected or superseded", s)
}

// Action is what an approval would do to the entity.
type Action string

const (
	ActionUpdate Action = "update"
	// ActionDelete: the source that prunes no longer declares the entity.
	ActionDelete Action = "delete"
)

// Proposal is one held change of one entity by one source.
type Proposal struct {
	ID           uuid.UUID
	SourceID     uuid.UUID
	ProjectID    uuid.UUID
	EnvID        uuid.UUID
	EntityID     uuid.UUID
	EntityType   string
	EntityName   string
	Document     string // the document that declares the change
	ScanID       uuid.UUID
	Action       Action
	Changes      []Change // sorted by property
	Status       ProposalStatus
	CreatedAt    time.Time
	DecidedAt    time.Time // zero while pending
	DecidedBy    string    // a token's subject; "" when superseded by a scan
	SupersededBy uuid.UUID // the newer proposal, zero when there is none
	Revision     int64
}

// Conflict reports whether another source declares one of the properties otherwise.
func (p Proposal) Conflict() bool {
	for _, c := range p.Changes {
		if len(c.Conflict) > 0 {
			return true
		}
	}
	return false
}

// Change is what a proposal would do to one property.
type Change struct {
	// Property is a JSON Pointer into the entity: "/properties/tags",
	// "/labels/team", "/state".
	Property string
	// Before is the recorded value that the scan found, nil when there was none.
	Before catalog.Value
	// After is the declared value, nil for a removal.
	After catalog.Value
	// Secrets says of each secret in Before or After, by its JSON Pointer into the
	// entity, what is known of its changes; nil where there is none.
	Secrets map[string]Secret
	// Conflict names the other sources that declare the property with another value.
	Conflict []Claim
}

// Secret is what may be told of a secret in a change.
type Secret struct {
	// Changes is how often it had changed before.
	Changes int
	// Changed: it is replaced or removed by the change. Digests under different keys
	// cannot be compared, so this is kept from when they could.
	Changed bool
}

// SameSecret reports whether a change leaves the secret at a JSON Pointer as it was,
// given what stands there before and after it.
func (c Change) SameSecret(pointer string, before, after catalog.Value) bool {
	if !catalog.IsSecret(before) || !catalog.IsSecret(after) {
		return false
	}
	if known, found := c.Secrets[pointer]; found {
		return !known.Changed
	}
	return catalog.Equal(before, after)
}

// Claim is what another source declares of a property.
type Claim struct {
	Source uuid.UUID
	Value  catalog.Value // nil where only its digest is known
}

// Decide moves a pending proposal to a person's decision. Only a pending one can be
// decided; ok is false otherwise.
func (p Proposal) Decide(status ProposalStatus, by string, at time.Time) (decided Proposal, ok bool) {
	if p.Status != Pending || (status != Approved && status != Rejected) {
		return p, false
	}
	p.Status, p.DecidedBy, p.DecidedAt = status, by, at
	return p, true
}

// Supersede ends a pending proposal because a newer scan found another difference,
// or none.
func (p Proposal) Supersede(by uuid.UUID, at time.Time) (superseded Proposal, ok bool) {
	if p.Status != Pending {
		return p, false
	}
	p.Status, p.SupersededBy, p.DecidedAt = Superseded, by, at
	return p, true
}
