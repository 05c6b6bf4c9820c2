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
	case !c.Prune:
		return vanish(c)
	case c.Policy == drift.AutoUpdate:
		return Withdraw(c)
	}
	return proposeDelete(c)
}

// vanish marks the entity missing; a proposal about a declaration that is gone ends.
func vanish(c Case) Change {
	if c.Head.Status == drift.Missing && c.Head.Proposal == uuid.Nil {
		return Change{Outcome: Unchanged}
	}
	outcome := Vanished
	if c.Head.Status == drift.Missing {
		outcome = Unchanged // only its proposal to delete ends: prune was switched off
	}
	head := missingHead(c)
	head.Proposal, head.ProposalDigest = uuid.Nil, ""
	return Change{Outcome: outcome, Head: &head, Supersede: c.Head.Proposal}
}

func missingHead(c Case) drift.Head {
	head := c.Head
	head.Status, head.Digest = drift.Missing, [32]byte{}
	if c.Head.Status != drift.Missing {
		head.Rejected = nil
	}
	return head
}

// proposeDelete holds the removal of the source's share for a person.
func proposeDelete(c Case) Change {
	head := missingHead(c)
	changes := withdrawal(c)
	digest := "delete:" + changesDigest(changes)
	switch {
	case head.Rejected[WholeEntity] != "":
		return Change{Outcome: Drifted}
	case head.Proposal != uuid.Nil && head.ProposalDigest == digest:
		return Change{Outcome: Drifted}
	}
	change := Change{Outcome: Proposed, Supersede: head.Proposal}
	head.Proposal, head.ProposalDigest = head.NextProposal(c.Source), digest
	head.Proposals++
	change.Head = &head
	change.Open = &drift.Proposal{ID: head.Proposal, SourceID: c.Source, EnvID: c.EnvID, EntityID: c.EntityID,
		EntityType: head.EntityType, EntityName: head.Name, Document: c.Document,
		Action: drift.ActionDelete, Changes: changes, Status: drift.Pending}
	return change
}

// Withdraw takes a source's share out of an entity: the properties that it alone
// owns go, its head goes, and the entity with it when no source declares it. Prune
// and the delete of a source do this.
func Withdraw(c Case) Change {
	change := Change{Outcome: Removed, DropHead: true, Supersede: c.Head.Proposal}
	if c.Record == nil {
		return change
	}
	change.Applied = withdrawal(c)
	next := c.Record.Clone()
	for _, removed := range change.Applied {
		next.Entity.Set(removed.Property, nil)
		delete(next.SecretChanges, removed.Property)
	}
	next.Withdraw(c.Source)
	if len(next.Declarers) == 0 {
		change.Delete = true
		return change
	}
	change.Record = next
	change.Others = settle(c.Others, next, change.Applied)
	change.Status = overall(c, change)
	return change
}

// withdrawal lists the properties that the source owns and no other source does.
// The state stays: an entity that is declared always has one.
func withdrawal(c Case) []drift.Change {
	share := c.Record.Declarer(c.Source)
	if share == nil {
		return nil
	}
	var changes []drift.Change
	for _, name := range share.Owns {
		if name == catalog.StateProperty && len(c.Record.Declarers) > 1 || len(c.Record.Owners(name)) > 1 {
			continue
		}
		changes = append(changes, drift.Change{Property: name, Before: c.Record.Entity.At(name),
			SecretChanges: c.Record.SecretChanges[name]})
	}
	return changes
}
