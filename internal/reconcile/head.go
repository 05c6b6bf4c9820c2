package reconcile

import (
	"bytes"
	"maps"
	"slices"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
)

// nextHead is the head with the declaration's names and digest.
func nextHead(c Case) drift.Head {
	head := c.Head
	head.EntityID, head.EntityType, head.Name = c.EntityID, c.Declared.Entity.Type, c.Declared.Entity.Name
	head.Digest = c.Declared.Digest
	return head
}

// openProposal supersedes the head's pending proposal by a new one.
func openProposal(change *Change, head *drift.Head, c Case, action drift.Action, held []difference, digest string) {
	change.Outcome, change.Supersede = Proposed, head.Proposal
	head.Proposal, head.ProposalDigest = head.NextProposal(c.Source, c.Record), digest
	head.Proposals++
	change.Open = proposal(c, *head, action, held)
}

// proposal is the head's pending proposal.
func proposal(c Case, head drift.Head, action drift.Action, held []difference) *drift.Proposal {
	p := &drift.Proposal{ID: head.Proposal, SourceID: c.Source, EnvID: c.EnvID, EntityID: c.EntityID,
		EntityType: head.EntityType, EntityName: head.Name, Document: c.Document,
		Action: action, Status: drift.Pending}
	for _, d := range held {
		p.Changes = append(p.Changes, d.Change)
	}
	return p
}

// sameHead reports whether there is a stored head b that a would not change.
func sameHead(a, b drift.Head) bool {
	return b.Revision > 0 && a.EntityType == b.EntityType && a.Name == b.Name && a.Digest == b.Digest &&
		a.Status == b.Status && a.Proposal == b.Proposal && a.ProposalDigest == b.ProposalDigest &&
		a.Proposals == b.Proposals && maps.Equal(a.Rejected, b.Rejected)
}

func sameRecord(a, b *catalog.Record) bool {
	return maps.EqualFunc(a.Entity.Pointers(), b.Entity.Pointers(), func(v, w catalog.Value) bool { return bytes.Equal(v, w) }) &&
		slices.EqualFunc(a.Declarers, b.Declarers, sameDeclarer) && maps.Equal(a.SecretChanges, b.SecretChanges)
}

func sameDeclarer(a, b catalog.Declarer) bool {
	return a.Source == b.Source && a.Document == b.Document && slices.Equal(a.Owns, b.Owns) &&
		slices.Equal(a.Relationships, b.Relationships) && a.Identity == b.Identity
}
