package reconcile

import (
	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
)

// WholeEntity is the pointer under which the rejection of a delete is kept.
const WholeEntity = ""

// gone decides about an entity that its document, read whole, no longer declares.
func gone(c Case) Change {
	switch {
	case c.Head.Revision == 0:
		return Change{Outcome: Unchanged}
	case c.Record == nil:
		return Change{Outcome: Removed, DropHead: true, Supersede: c.Head.Proposal}
	case movedOn(c):
		return Change{Outcome: Unchanged}
	case !c.Prune:
		return vanish(c)
	case c.Policy == drift.AutoUpdate:
		return Withdraw(c)
	}
	return proposeDelete(c)
}

// movedOn: another document of the same source declares the entity now.
func movedOn(c Case) bool {
	share := c.Record.Declarer(c.Source)
	return share != nil && share.Document != c.Document
}

// vanish marks the entity missing; a proposal about a declaration that is gone ends.
func vanish(c Case) Change {
	head := withoutProposal(missingHead(c))
	change := Change{Outcome: Unchanged, Supersede: c.Head.Proposal, Others: silence(c, c.Record, nil)}
	if c.Head.Status != drift.Missing {
		change.Outcome = Vanished
	}
	if !sameHead(head, c.Head) {
		change.Head = &head
	}
	return change
}

func missingHead(c Case) drift.Head {
	head := c.Head
	head.Status, head.Digest = drift.Missing, [32]byte{}
	if c.Head.Status != drift.Missing {
		head.Rejected = nil
	}
	return head
}

// silence is what it means for the others that the source declares nothing any more.
func silence(c Case, next *catalog.Record, applied []drift.Change) []Effect {
	return aftermath{Case: c, next: next, applied: applied,
		declares: func(string) catalog.Value { return nil }}.effects()
}

// proposeDelete holds the removal of the source's share for a person.
func proposeDelete(c Case) Change {
	head, held := missingHead(c), withdrawal(c)
	digest := "delete:" + c.differenceDigest(held, false)
	change := Change{Outcome: Drifted, Others: silence(c, c.Record, nil)}
	if head.Rejected[WholeEntity] == "" && (head.Proposal == uuid.Nil || head.ProposalDigest != digest) {
		openProposal(&change, &head, c, drift.ActionDelete, held, digest)
	}
	if !sameHead(head, c.Head) {
		change.Head = &head
	}
	return change
}

// Withdraw takes a source's share out of an entity: the properties that it alone
// declares go, its head goes, and the entity with it when no source is left. Prune
// and the delete of a source do this.
func Withdraw(c Case) Change {
	change := Change{Outcome: Removed, DropHead: true, Supersede: c.Head.Proposal}
	if c.Record == nil {
		change.Status = overall(c, change)
		return change
	}
	next := c.Record.Clone()
	share := next.Declare(c.Source)
	for _, d := range withdrawal(c) {
		record(next, share, d.Change)
		change.Applied = append(change.Applied, d.Change)
	}
	next.Withdraw(c.Source)
	if len(next.Declarers) == 0 {
		change.Delete = true
	} else {
		change.Others = silence(c, next, change.Applied)
		change.Record = next
	}
	change.Status = overall(c, change)
	return change
}

// withdrawal lists the properties that the source owns and no other source owns or
// declares, sorted.
func withdrawal(c Case) []difference {
	share := c.Record.Declarer(c.Source)
	if share == nil {
		return nil
	}
	var held []difference
	for _, name := range share.Owns {
		if len(c.Record.Owners(name)) > 1 || sharedWith(c, name) {
			continue
		}
		before := c.Record.Entity.At(name)
		held = append(held, difference{Change: drift.Change{Property: name, Before: before,
			Secrets: sides{property: name, before: before, counts: c.Record.SecretChanges}.secrets()}})
	}
	return held
}
