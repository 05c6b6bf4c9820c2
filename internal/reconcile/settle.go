package reconcile

import (
	"maps"
	"slices"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
)

// aftermath is what a change means for the other sources that declare the entity.
type aftermath struct {
	Case
	// next is the record after the change; the shares of others are updated in it.
	next    *catalog.Record
	applied []drift.Change
	// secret are the properties whose plaintext must go, wherever others keep it.
	secret []string
	// decided: a person chose, so what others declare otherwise is turned down.
	decided bool
	// declares is what the source says of a property from now on; nil: what it said
	// before.
	declares func(property string) catalog.Value
}

// effects are sorted by source id; sources that stay as they are have none.
func (a aftermath) effects() []Effect {
	var effects []Effect
	for _, o := range a.Others {
		effect := Effect{Source: o.Source, Document: o.Document, Head: o.Head}
		effect.Head.Rejected = maps.Clone(o.Head.Rejected)
		for _, change := range a.applied {
			a.settle(o, &effect.Head, change)
		}
		if o.Pending != nil && o.Pending.Action == drift.ActionUpdate && a.closed(*o.Pending, effect.Head) {
			effect.Supersede = o.Pending.ID
			effect.Head = withoutProposal(effect.Head)
			a.own(o)
		}
		effect.Head.Status = settledStatus(effect.Head)
		if a.looksAgain(o, effect) {
			effect.Rescan = true
			effect.Head.Digest = [32]byte{}
		}
		if !sameHead(effect.Head, o.Head) {
			effects = append(effects, effect)
		}
	}
	return effects
}

// settle brings the other source's base and rejections in line with an applied
// change: a removal leaves every base, agreement enters it.
func (a aftermath) settle(o Other, head *drift.Head, change drift.Change) {
	name, theirs := change.Property, a.claimOf(o, change.Property)
	switch {
	case change.After == nil:
		a.next.Disown(o.Source, name)
		if head.Rejected[name] == absentDigest {
			delete(head.Rejected, name)
		}
	case catalog.IsNull(change.Before) && !theirs.declares:
		a.next.Disown(o.Source, name) // a null gives way
	case theirs.declares && isDigestOf(theirs.digest, change.After):
		a.next.Declare(o.Source).Own(name)
		delete(head.Rejected, name)
	case theirs.declares && slices.Contains(a.secret, name):
		if _, found := head.Rejected[name]; found {
			head.Rejected[name] = plainDigest
		}
	case theirs.declares && a.decided:
		turnDown(head, name, theirs.digest)
	}
}

// closed reports whether each change of a proposal is recorded now or turned down.
func (a aftermath) closed(p drift.Proposal, head drift.Head) bool {
	if len(a.applied) == 0 {
		return false
	}
	for _, change := range p.Changes {
		turnedDown := a.decided && isDigestOf(head.Rejected[change.Property], change.After)
		if !turnedDown && !alike(a.next.Entity.At(change.Property), change.After, false) {
			return false
		}
	}
	return true
}

// own puts what the other source's proposal declares, and is recorded, into its base;
// what it would remove, and is as good as gone, leaves it.
func (a aftermath) own(o Other) {
	for _, change := range o.Pending.Changes {
		recorded := a.next.Entity.At(change.Property)
		switch none := change.After == nil || catalog.IsNull(change.After); {
		case recorded == nil || !alike(recorded, change.After, false):
		case none && !catalog.Equal(recorded, change.After):
			a.next.Disown(o.Source, change.Property)
		default:
			a.next.Declare(o.Source).Own(change.Property)
		}
	}
}

// looksAgain reports whether the other source has to look at the entity once more:
// it keeps in plain what turned secret, or its proposal shows a conflict with this
// source that is not there any more, or none where there is one now.
func (a aftermath) looksAgain(o Other, effect Effect) bool {
	for _, name := range a.secret {
		if _, found := o.pending(name); found || a.claimOf(o, name).declares {
			return true
		}
	}
	if a.declares == nil || o.Pending == nil || effect.Supersede != uuid.Nil || o.Pending.Action != drift.ActionUpdate {
		return false
	}
	return slices.ContainsFunc(o.Pending.Changes, a.outdates)
}

func (a aftermath) outdates(theirs drift.Change) bool {
	ours := a.declares(theirs.Property)
	conflict := ours != nil && !catalog.IsNull(ours) && theirs.After != nil && !alike(ours, theirs.After, false)
	i := slices.IndexFunc(theirs.Conflict, func(listed drift.Claim) bool { return listed.Source == a.Source })
	if i < 0 || !conflict {
		return conflict != (i >= 0)
	}
	listed := theirs.Conflict[i].Value
	return listed != nil && !alike(catalog.MaskSecrets(listed), catalog.MaskSecrets(ours), false)
}

func turnDown(head *drift.Head, name, digest string) {
	if head.Rejected == nil {
		head.Rejected = map[string]string{}
	}
	head.Rejected[name] = digest
}

func withoutProposal(head drift.Head) drift.Head {
	head.Proposal, head.ProposalDigest = uuid.Nil, ""
	return head
}

// settledStatus is a head's status by what is open on it; missing stays missing.
func settledStatus(head drift.Head) drift.Status {
	switch {
	case head.Status == drift.Missing:
		return drift.Missing
	case head.Proposal != uuid.Nil || len(head.Rejected) > 0:
		return drift.Drifted
	}
	return drift.Current
}
