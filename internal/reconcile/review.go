package reconcile

import (
	"errors"
	"maps"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
)

// ErrStale says that the properties which a proposal touches are no longer as the
// scan found them, or no longer declared by others as it shows: the source is due for
// a full scan.
var ErrStale = errors.New("proposal is stale")

// Approve applies a pending proposal to the entity of the case, whose Declared is
// not looked at. What other sources declare otherwise counts as turned down: a
// person decided. The error is [ErrStale] or nil.
func Approve(p drift.Proposal, c Case) (Change, error) {
	if c.Record == nil || c.Head.Proposal != p.ID {
		return Change{}, ErrStale
	}
	for _, change := range p.Changes {
		if !c.asFound(change) {
			return Change{}, ErrStale
		}
	}
	if p.Action == drift.ActionDelete {
		return approveDelete(p, c)
	}
	if c.Head.Digest == ([32]byte{}) { // see Effect.Rescan
		return Change{}, ErrStale
	}
	next := c.Record.Clone()
	share := next.Declare(c.Source)
	share.Document = p.Document
	result := Change{Outcome: Updated, Record: next}
	for _, change := range p.Changes {
		if change.After == nil && sharedWith(c, change.Property) {
			share.Disown(change.Property)
			continue
		}
		record(next, share, change)
		change.Conflict = nil
		result.Applied = append(result.Applied, change)
	}
	result.Head = decided(c.Head)
	result.Others = aftermath{Case: c, next: next, applied: result.Applied, decided: true}.effects()
	result.Status = overall(c, result)
	return result, nil
}

// approveDelete removes the share as it is now, if that is no more than what the
// proposal showed. The head's proposal is the one that is being approved, not one to
// supersede.
func approveDelete(p drift.Proposal, c Case) (Change, error) {
	shown := make(map[string]bool, len(p.Changes))
	for _, change := range p.Changes {
		shown[change.Property] = true
	}
	for _, d := range withdrawal(c) {
		if !shown[d.Property] {
			return Change{}, ErrStale
		}
	}
	c.Head.Proposal = uuid.Nil
	return Withdraw(c), nil
}

// Reject turns a pending proposal down: the entity stays as it is, and the same
// declared values are not proposed again.
func Reject(p drift.Proposal, c Case) (Change, error) {
	if c.Head.Proposal != p.ID {
		return Change{}, ErrStale
	}
	head := c.Head
	head.Rejected = maps.Clone(c.Head.Rejected)
	if p.Action == drift.ActionDelete {
		turnDown(&head, WholeEntity, absentDigest)
	} else {
		for _, change := range p.Changes {
			turnDown(&head, change.Property, likenessDigest(change.After))
		}
	}
	result := Change{Outcome: Drifted, Head: decided(head)}
	result.Status = overall(c, result)
	return result, nil
}

// decided is the head without its pending proposal, its status by what is left.
func decided(head drift.Head) *drift.Head {
	head = withoutProposal(head)
	head.Status = settledStatus(head)
	return &head
}

// record puts a change into the record and the share that owns it. Each secret that is
// replaced or removed counts as changed, and no other.
func record(r *catalog.Record, share *catalog.Declarer, change drift.Change) {
	r.Entity.Set(change.Property, change.After)
	for pointer, secret := range change.Secrets {
		if !secret.Changed {
			continue
		}
		if r.SecretChanges == nil {
			r.SecretChanges = map[string]int{}
		}
		r.SecretChanges[pointer]++
	}
	if change.After == nil {
		share.Disown(change.Property)
		return
	}
	share.Own(change.Property)
}
