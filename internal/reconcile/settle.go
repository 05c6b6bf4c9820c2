package reconcile

import (
	"maps"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
)

// settle says what applied changes do to the other sources that declare the entity:
// a difference that is gone ends its proposal or rejection, and the property enters
// that source's base. The record is the one after the change; shares are updated in
// it.
func settle(others []Other, record *catalog.Record, applied []drift.Change) []Effect {
	if len(applied) == 0 {
		return nil
	}
	var effects []Effect
	for _, o := range others {
		head := o.Head
		head.Rejected = maps.Clone(o.Head.Rejected)
		open := 0
		if o.Pending != nil {
			for _, c := range o.Pending.Changes {
				if !catalog.Equal(record.Entity.At(c.Property), c.After) {
					open++
					continue
				}
				if c.After != nil {
					record.Declare(o.Source).Own(c.Property)
				}
			}
		}
		for _, c := range applied {
			if head.Rejected[c.Property] == valueDigest(c.After) {
				delete(head.Rejected, c.Property)
				if c.After != nil {
					record.Declare(o.Source).Own(c.Property)
				}
			}
		}
		if effect, changed := finish(o, head, open); changed {
			effects = append(effects, effect)
		}
	}
	return effects
}

// finish ends the other source's proposal when none of its changes is open any more,
// and takes its status from what is left.
func finish(o Other, head drift.Head, open int) (Effect, bool) {
	effect := Effect{Source: o.Source, Document: o.Document}
	if o.Pending != nil && open == 0 {
		effect.Supersede = o.Pending.ID
		head.Proposal, head.ProposalDigest = uuid.Nil, ""
	}
	if len(head.Rejected) == 0 {
		head.Rejected = nil
	}
	head.Status = settledStatus(head)
	effect.Head = head
	return effect, !sameHead(head, o.Head)
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
