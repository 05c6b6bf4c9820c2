package reconcile

import (
	"maps"
	"slices"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
)

// create records what is declared; the source owns all of it.
func create(c Case) Change {
	entity := c.Declared.Entity.Clone()
	entity.Relationships, entity.Identity, entity.Fact = nil, catalog.Identity{}, false
	record := &catalog.Record{ID: c.EntityID, EnvID: c.EnvID, Entity: entity}
	share := record.Declare(c.Source)
	describe(share, c)
	share.Owns = slices.Sorted(maps.Keys(entity.Pointers()))
	head := withoutProposal(nextHead(c))
	head.Status, head.Rejected = drift.Current, nil
	return Change{Outcome: Created, Record: record, Head: &head, Supersede: c.Head.Proposal}
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
	secret   []string // properties whose plaintext must go
	nulls    []string // properties that differ from the record by nulls alone
	held     []difference
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
	p := w.property(name)
	change := drift.Change{Property: name, Before: p.recorded, After: p.declared, Secrets: p.secrets}
	if p.turnsSecret() {
		w.secret = append(w.secret, name)
	}
	switch p.judge(w.Policy) {
	case own:
		w.own(name, p)
	case apply:
		if exposes(change.Before, change.After) {
			change.Before = nil // the plaintext is shown nowhere
		}
		record(w.next, w.share, change)
		w.applied = append(w.applied, change)
	case disown:
		w.share.Disown(name)
	case hold:
		change.Conflict = shown(p.conflicts, p.declared)
		w.held = append(w.held, difference{change, p.alternate, p.conflicts})
	case refuse:
		w.refuse(name, likenessDigest(p.declared))
	case conceal:
		w.refuse(name, plainDigest)
	}
}

func (w *work) property(name string) property {
	p := property{
		name:      name,
		declared:  w.flat[name],
		alternate: w.Declared.Alternate[name],
		recorded:  w.Record.Entity.At(name),
		owned:     w.share.DoesOwn(name),
		fact:      w.Declared.Entity.Fact,
		gained:    w.Declared.Gained[name],
	}
	// Two sources that are alike take each other's form, and would write it in turns.
	p.shared = sharedWith(w.Case, name)
	p.literal, p.reread = w.Literal && !p.shared, w.Reread
	if recorded := p.recorded != nil && !catalog.IsNull(p.recorded); recorded && catalog.IsNull(p.declared) && (p.shared || !p.owned) {
		p.declared, p.alternate = nil, nil
	}
	if p.declared != nil {
		p.conflicts = conflicting(w.Case, name, p.declared, p.alternate)
	}
	p.differed = w.Head.Proposal != uuid.Nil
	if turnedDown, found := w.Head.Rejected[name]; found {
		p.differed = true
		p.rejected = isDigestOf(turnedDown, p.declared) || p.alternate != nil && isDigestOf(turnedDown, p.alternate)
	}
	p.secrets = sides{property: name, before: p.recorded, after: p.declared, alternate: p.alternate,
		trusted: p.owned && !p.differed, counts: w.Record.SecretChanges}.secrets()
	return p
}

func (w *work) refuse(name, digest string) {
	if w.rejected == nil {
		w.rejected = map[string]string{}
	}
	w.rejected[name] = digest
}

// describe stores what the source derives from its declaration.
func describe(share *catalog.Declarer, c Case) {
	share.Document = c.Document
	share.Relationships = c.Declared.Entity.Relationships
	share.Identity = c.Declared.Entity.Identity
}

func (w *work) change() Change {
	change := Change{Outcome: Unchanged, Applied: w.applied, Scrub: w.secret}
	if len(w.applied) > 0 {
		change.Outcome = Updated
	}
	head := nextHead(w.Case)
	head.Rejected, head.Status = w.rejected, drift.Current
	if len(w.held)+len(w.rejected) > 0 {
		head.Status = drift.Drifted
	}
	w.propose(&change, &head)
	if change.Outcome == Unchanged && head.Status == drift.Drifted {
		change.Outcome = Drifted
	}
	if !sameHead(head, w.Head) {
		change.Head = &head
	}
	change.Others = aftermath{Case: w.Case, next: w.next, applied: w.applied, secret: w.secret,
		declares: func(name string) catalog.Value { return w.flat[name] }}.effects()
	if !sameRecord(w.Record, w.next) {
		w.recordNulls()
		change.Record = w.next
	}
	return change
}

// propose brings the head's pending proposal in line with the differences held.
func (w *work) propose(change *Change, head *drift.Head) {
	if len(w.held) == 0 {
		change.Supersede = head.Proposal
		*head = withoutProposal(*head)
		return
	}
	digest := w.differenceDigest(w.held, false)
	switch {
	case head.Proposal != uuid.Nil && head.ProposalDigest == digest:
		return
	case head.Proposal != uuid.Nil && head.ProposalDigest == w.differenceDigest(w.held, true):
		head.ProposalDigest = digest // the same one, under the writing key
		change.Open = proposal(w.Case, *head, drift.ActionUpdate, w.held)
	default:
		openProposal(change, head, w.Case, drift.ActionUpdate, w.held, digest)
	}
}
