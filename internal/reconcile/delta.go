package reconcile

import (
	"maps"
	"slices"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
)

// Delta is how a source's declaration of an entity differs from the one that it made
// before, whatever was approved or rejected in between.
type Delta struct {
	// Kind is "" where the declaration is what it was.
	Kind drift.Delta
	// Changes are the properties of one that changed, sorted: After is what is
	// declared now, Before what was. Nothing else in them is set but Secrets.
	Changes []drift.Change
	// Relationships: those that the source derives from a changed declaration are not
	// what they were.
	Relationships bool
}

// unknown stands for a value that was declared and of which only a digest is kept:
// what follows it replaces it whole. It is alike to no value.
var unknown = catalog.Value("unknown")

// concealed stands for a value of which nothing may be told: see the verdict conceal.
var concealed = catalog.Secret("", "")

// DeltaOf compares what a source declares of an entity with what it declared before.
// The declarations of the past are not kept, but follow from what they left, per
// property; the first that there is counts:
//
//	pending proposal of the source      what it would set
//	rejected by a person                the value with that digest
//	owned by the source (its base)      the recorded value
//	none of these                       nothing
//
// Where a secret took the place of what others declare in plain, their heads lose
// their digest (see [Effect.Rescan]); what they declared there before is not known
// any more, and counts as the same.
func DeltaOf(c Case) Delta {
	before := c.Head.Revision > 0 && c.Head.Status != drift.Missing
	switch {
	case c.Declared == nil:
		if before && (c.Record == nil || !movedOn(c)) {
			return Delta{Kind: drift.Removed}
		}
		return Delta{}
	case !before || c.Record == nil:
		return Delta{Kind: drift.Added}
	case c.Head.Digest == c.Declared.Digest:
		return Delta{}
	}
	w := newWork(c)
	d := Delta{Relationships: !slices.Equal(w.share.Relationships, c.Declared.Entity.Relationships)}
	for _, name := range w.namesEver() {
		if change, changed := w.redeclared(name); changed {
			d.Changes = append(d.Changes, change)
		}
	}
	if d.Relationships || len(d.Changes) > 0 {
		d.Kind = drift.Changed
	}
	return d
}

// namesEver lists the properties that the source declares, or may have declared
// before, sorted.
func (w *work) namesEver() []string {
	names := slices.AppendSeq(w.names(), maps.Keys(w.Head.Rejected))
	if w.Pending != nil {
		for _, change := range w.Pending.Changes {
			names = append(names, change.Property)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// redeclared gives the change of a property between the two declarations; false where
// there is none, or none is known.
func (w *work) redeclared(name string) (drift.Change, bool) {
	now, lost := w.property(name), w.Head.Digest == [32]byte{}
	since := property{name: name, declared: now.declared, alternate: now.alternate, recorded: w.before(now, name), owned: true, literal: w.Literal, reread: w.Reread}
	since.secrets = sides{property: name, before: since.recorded, after: now.declared, alternate: now.alternate, trusted: true,
		counts: w.Record.SecretChanges}.secrets()
	change := drift.Change{Property: name, Before: since.recorded, After: now.declared, Secrets: since.secrets}
	touchesSecret := slices.ContainsFunc([]catalog.Value{now.recorded, change.Before, change.After}, catalog.HasSecret)
	switch {
	case since.same(), lost && touchesSecret:
		return change, false
	case now.judge(w.Policy) == conceal:
		change.After = concealed
		return change, !lost && w.Head.Rejected[name] != plainDigest
	}
	return change, true
}

// before is what the source declared of a property before: nil for nothing, [unknown]
// for a value that is not known and not what is declared now.
func (w *work) before(now property, name string) catalog.Value {
	if change, found := pendingChange(w.Pending, name); found {
		return change.After
	}
	digest, rejected := w.Head.Rejected[name]
	switch {
	case rejected && now.rejected && catalog.IsNull(now.declared):
		return now.declared
	case rejected && digest == absentDigest:
		return nil
	case rejected && now.rejected:
		return now.declared
	case rejected:
		return unknown
	case now.owned:
		return now.recorded
	}
	return nil
}
