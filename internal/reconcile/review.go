package reconcile

import (
	"errors"
	"maps"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
)

// ErrStale says that the properties which a proposal touches are no longer as the
// scan found them.
var ErrStale = errors.New("proposal is stale")

// Approve applies a pending proposal to the entity of the case, whose Declared is
// not looked at. What other sources declare otherwise counts as turned down: a
// person decided. The error is [ErrStale] or nil.
func Approve(p drift.Proposal, c Case) (Change, error) {
	if c.Record == nil || c.Head.Proposal != p.ID {
		return Change{}, ErrStale
	}
	for _, change := range p.Changes {
		if !catalog.Equal(c.Record.Entity.At(change.Property), change.Before) {
			return Change{}, ErrStale
		}
	}
	if p.Action == drift.ActionDelete {
		return approveDelete(c), nil
	}
	next := c.Record.Clone()
	share := next.Declare(c.Source)
	share.Document = p.Document
	result := Change{Outcome: Updated}
	for _, change := range p.Changes {
		if change.After == nil && sharedWith(c, change.Property) {
			share.Disown(change.Property)
			continue
		}
		record(next, share, change)
		change.Conflict = nil
		result.Applied = append(result.Applied, change)
	}
	result.Record = next
	head := decided(c.Head)
	head.Status = settledStatus(head)
	result.Head = &head
	result.Others = overrule(c, next, result.Applied)
	result.Status = overall(c, result)
	return result, nil
}

// approveDelete removes the share as it is now; the head's proposal is the one that
// is being approved, not one to supersede.
func approveDelete(c Case) Change {
	c.Head.Proposal = uuid.Nil
	return Withdraw(c)
}

// Reject turns a pending proposal down: the entity stays as it is, and the same
// declared values are not proposed again.
func Reject(p drift.Proposal, c Case) (Change, error) {
	if c.Head.Proposal != p.ID {
		return Change{}, ErrStale
	}
	head := decided(c.Head)
	if head.Rejected == nil {
		head.Rejected = map[string]string{}
	}
	if p.Action == drift.ActionDelete {
		head.Rejected[WholeEntity] = absentDigest
	} else {
		for _, change := range p.Changes {
			head.Rejected[change.Property] = valueDigest(change.After)
		}
	}
	head.Status = settledStatus(head)
	result := Change{Outcome: Drifted, Head: &head}
	result.Status = overall(c, result)
	return result, nil
}

// decided is the head without its pending proposal.
func decided(head drift.Head) drift.Head {
	head.Rejected = maps.Clone(head.Rejected)
	head.Proposal, head.ProposalDigest = uuid.Nil, ""
	return head
}

// overrule settles the other sources after a person decided for this one: those that
// agree are current, those that declare otherwise are turned down.
func overrule(c Case, next *catalog.Record, applied []drift.Change) []Effect {
	effects := settle(c.Others, next, applied)
	settled := make(map[uuid.UUID]int, len(effects))
	for i, e := range effects {
		settled[e.Source] = i
	}
	var result []Effect
	for _, o := range c.Others {
		effect := Effect{Source: o.Source, Document: o.Document, Head: o.Head}
		if i, found := settled[o.Source]; found {
			effect = effects[i]
		}
		effect.Head.Rejected = maps.Clone(effect.Head.Rejected)
		for _, change := range applied {
			theirs := o.claimOf(change.Property, c.Record)
			if !theirs.declares || theirs.digest == valueDigest(change.After) {
				continue
			}
			if effect.Head.Rejected == nil {
				effect.Head.Rejected = map[string]string{}
			}
			effect.Head.Rejected[change.Property] = theirs.digest
		}
		if o.Pending != nil && effect.Supersede == uuid.Nil && allDecided(*o.Pending, next, effect.Head.Rejected) {
			effect.Supersede = o.Pending.ID
			effect.Head.Proposal, effect.Head.ProposalDigest = uuid.Nil, ""
		}
		effect.Head.Status = settledStatus(effect.Head)
		if !sameHead(effect.Head, o.Head) {
			result = append(result, effect)
		}
	}
	return result
}

// allDecided reports whether each change of a proposal is either recorded now or
// turned down.
func allDecided(p drift.Proposal, record *catalog.Record, rejected map[string]string) bool {
	for _, change := range p.Changes {
		if !catalog.Equal(record.Entity.At(change.Property), change.After) && rejected[change.Property] != valueDigest(change.After) {
			return false
		}
	}
	return true
}
