package reconcile

import (
	"bytes"
	"maps"
	"slices"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
)

// create records what is declared; the source owns all of it.
func create(c Case) Change {
	entity := c.Declared.Entity.Clone()
	entity.Relationships, entity.Identity, entity.Fact = nil, "", false
	record := &catalog.Record{ID: c.EntityID, EnvID: c.EnvID, Entity: entity}
	share := record.Declare(c.Source)
	describe(share, c)
	share.Owns = slices.Sorted(maps.Keys(entity.Pointers()))
	head := nextHead(c)
	head.Status, head.Rejected = drift.Current, nil
	change := Change{Outcome: Created, Record: record, Supersede: head.Proposal}
	head.Proposal, head.ProposalDigest = uuid.Nil, ""
	change.Head = &head
	return change
}

// update compares a declaration with the record, property by property.
func update(c Case) Change {
	w := newWork(c)
	for _, name := range w.names() {
		w.judge(name)
	}
	describe(w.share, c)
	return w.change()
}

// work is one comparison under way.
type work struct {
	Case
	flat     map[string]catalog.Value
	next     *catalog.Record
	share    *catalog.Declarer
	applied  []drift.Change
	scrub    []string
	held     []drift.Change // for a person
	heldAs   []drift.Change // the same under the alternate key
	rejected map[string]string
}

func newWork(c Case) *work {
	next := c.Record.Clone()
	return &work{Case: c, flat: c.Declared.Entity.Pointers(), next: next, share: next.Declare(c.Source)}
}

// names lists the properties that the source declares or owns, sorted.
func (w *work) names() []string {
	names := slices.AppendSeq(slices.Clone(w.share.Owns), maps.Keys(w.flat))
	slices.Sort(names)
	return slices.Compact(names)
}

func (w *work) judge(name string) {
	p := property{
		declared:  w.flat[name],
		alternate: w.Declared.Alternate[name],
		recorded:  w.Record.Entity.At(name),
		owned:     w.share.DoesOwn(name),
		fact:      w.Declared.Entity.Fact,
	}
	if p.declared != nil {
		p.conflicts = conflicting(w.Case, name, p.declared, p.alternate)
	} else {
		p.shared = sharedWith(w.Case, name)
	}
	if turnedDown, found := w.Head.Rejected[name]; found {
		p.rejected = turnedDown == valueDigest(p.declared) || p.alternate != nil && turnedDown == valueDigest(p.alternate)
	}
	change := drift.Change{Property: name, Before: p.recorded, After: p.declared, Conflict: p.conflicts,
		SecretChanges: w.Record.SecretChanges[name]}
	switch p.judge(w.Policy) {
	case own:
		w.share.Own(name)
		w.next.Entity.Set(name, p.declared) // the same value, its secrets under the writing key
	case apply:
		w.apply(change, p.turnsSecret())
	case disown:
		w.share.Disown(name)
	case hold:
		w.held = append(w.held, change)
		if p.alternate != nil {
			change.After = p.alternate
		}
		w.heldAs = append(w.heldAs, change)
	case refuse:
		if w.rejected == nil {
			w.rejected = map[string]string{}
		}
		w.rejected[name] = valueDigest(p.declared)
	}
}

func (w *work) apply(change drift.Change, turnsSecret bool) {
	if turnsSecret {
		change.Before = nil // the plaintext is shown nowhere
		w.scrub = append(w.scrub, change.Property)
	}
	record(w.next, w.share, change)
	change.Conflict = nil
	w.applied = append(w.applied, change)
}

// record puts a change into the record and the share that owns it.
func record(r *catalog.Record, share *catalog.Declarer, change drift.Change) {
	r.Entity.Set(change.Property, change.After)
	if change.After == nil {
		share.Disown(change.Property)
		delete(r.SecretChanges, change.Property)
		return
	}
	share.Own(change.Property)
	if catalog.HasSecret(change.Before) && catalog.HasSecret(change.After) {
		if r.SecretChanges == nil {
			r.SecretChanges = map[string]int{}
		}
		r.SecretChanges[change.Property]++
	}
}

// describe stores what the source derives from its declaration.
func describe(share *catalog.Declarer, c Case) {
	share.Document = c.Document
	share.Relationships = c.Declared.Entity.Relationships
	share.Identity = c.Declared.Entity.Identity
}

func (w *work) change() Change {
	change := Change{Outcome: Unchanged, Applied: w.applied, Scrub: w.scrub}
	if len(w.applied) > 0 {
		change.Outcome = Updated
	}
	if !sameRecord(w.Record, w.next) {
		change.Record = w.next
	}
	head := nextHead(w.Case)
	head.Rejected, head.Status = w.rejected, drift.Current
	if len(w.held)+len(w.rejected) > 0 {
		head.Status = drift.Drifted
	}
	w.propose(&change, &head)
	if !sameHead(head, w.Head) {
		change.Head = &head
	}
	change.Others = settle(w.Others, w.next, w.applied)
	return change
}

// propose brings the head's pending proposal in line with the differences held.
func (w *work) propose(change *Change, head *drift.Head) {
	digest := changesDigest(w.held)
	switch {
	case len(w.held) == 0:
		change.Supersede = head.Proposal
		head.Proposal, head.ProposalDigest = uuid.Nil, ""
		if len(w.rejected) > 0 && change.Outcome == Unchanged {
			change.Outcome = Drifted
		}
		return
	case head.Proposal != uuid.Nil && head.ProposalDigest == digest:
		change.Outcome = Drifted
		return
	case head.Proposal != uuid.Nil && head.ProposalDigest == changesDigest(w.heldAs):
		change.Outcome = Drifted
	default:
		change.Outcome = Proposed
		change.Supersede = head.Proposal
		head.Proposal = head.NextProposal(w.Source)
		head.Proposals++
	}
	head.ProposalDigest = digest
	change.Open = &drift.Proposal{ID: head.Proposal, SourceID: w.Source, EnvID: w.EnvID, EntityID: w.EntityID,
		EntityType: head.EntityType, EntityName: head.Name, Document: w.Document,
		Action: drift.ActionUpdate, Changes: w.held, Status: drift.Pending}
}

// nextHead is the head with the declaration's names and digest.
func nextHead(c Case) drift.Head {
	head := c.Head
	head.EntityID, head.EntityType, head.Name = c.EntityID, c.Declared.Entity.Type, c.Declared.Entity.Name
	head.Digest = c.Declared.Digest
	return head
}

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
