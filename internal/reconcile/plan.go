// Package reconcile decides what becomes of an entity: what a source declares, what
// the catalogue records and the policy go in, a [Change] comes out. It is pure: no
// context, clock, log or I/O.
//
// Its one invariant: the same case gives the same change; a change applied and
// computed again is empty; nothing that a source neither owns nor declares is
// touched.
//
// Per property, by what the source declares now, what it owns (its base) and what is
// recorded:
//
//	declared  recorded    owned  others      auto-update   human-approval
//	--------  ----------  -----  ----------  ------------  --------------
//	v         v           any    any         own           own
//	v         w or none   any    agree       update, own   propose
//	v         w           any    declare w   conflict      conflict
//	secret    plain w     any    any         update, own   update, own     (a fact)
//	plain     any         any    keep secret conceal       conceal
//	none      empty       yes    any         disown        disown
//	none      w           yes    none        remove        propose removal
//	none      w           yes    declare it  disown        disown
//	none      w           no     any         -             -
//
// A null is no claim: it takes the place of nothing, of what the source owns alone, and
// else counts as none. It gives way to whatever another source declares.
//
// A v and a w are the same where they are alike, which says what is drift and nothing of
// what is stored and shown: that stays as it was declared.
//
//	recorded                  declared                      alike  a source that compares literally
//	------------------------  ----------------------------  -----  --------------------------------
//	null or absent            {} or [] or ""                yes    differs
//	absent                    null                          yes    differs
//	{"a":null}                {}                            yes    differs
//	{"a":1,"b":""}            {"a":1}                       yes    differs
//	[""]                      [] (an element has gone)      no     differs
//	"x"                       ""                            no     differs
//	0 or false                absent                        no     differs
//	1.0                       1                             yes    the same
//	text {"a":1,"b":2}        text { "b": 2, "a": 1.0 }     yes    differs
//	text {"a":null}           text {}                       no     differs
//	label provider "aws"      label provider                yes    differs
//	                          "hashicorp/aws"
//	none                      an attribute that the schema  -      differs
//	                          of the provider gained
//
// The last row is neither proposed nor rejected: the attribute is recorded as declared,
// and the scan tells it once for all entities of the type. What two sources declare
// alike is no conflict, and is compared by likeness even for a literal source.
//
// What differs from the record by nulls alone, which earlier versions did not keep, is no
// difference in the first scan by another version of the reader. It is recorded with the
// next write of the entity; at once, without a trace in the history, where the source
// compares literally. So is what the schema of a provider gained and is not set.
//
// A secret is compared, and counted as changed, by its own path inside a property.
//
// Per entity: declared and not recorded: create, under both policies. Declared before
// and gone: missing; with prune: removed, or a proposal to delete. Conceal: the entity
// drifts, and nothing of the plain value is kept. A fact (see
// [catalog.Entity]) is always updated. What a person rejected is not proposed again
// until its declared value changes; auto-update applies it, unless it is a conflict.
//
// Start at [Entity]; [Compare] finds which entities are worth a case, [Hold] whether
// anything may be applied at all, [Approve] and [Reject] are a person's decisions.
// [DeltaOf] compares two declarations of one source, whatever became of them.
package reconcile

import (
	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
)

// Case is all that decides what becomes of one entity of one document.
type Case struct {
	EntityID uuid.UUID
	EnvID    uuid.UUID
	Source   uuid.UUID
	Document string
	Policy   drift.Policy
	Prune    bool
	// Literal compares values as they stand: see the package comment.
	Literal bool
	// Reread: the document was last read by another version of its reader.
	Reread bool
	// Declared is nil when the document, read whole, no longer declares the entity.
	Declared *Declared
	// Head is what the source remembers; Revision 0 when it never declared it.
	Head drift.Head
	// Pending is the head's pending proposal, nil when there is none; only [DeltaOf]
	// asks for it.
	Pending *drift.Proposal
	// Record is nil when the catalogue has no such entity.
	Record *catalog.Record
	// Others are the other sources that declare the entity, sorted by source id.
	Others []Other
}

// Declared is the declaration of one entity.
type Declared struct {
	Entity catalog.Entity
	// Alternate holds, by property pointer, the values that have a secret inside,
	// digested under the key that the document was last scanned with.
	Alternate map[string]catalog.Value
	// Gained holds, by property pointer, what the schema of the entity's provider gained
	// since the document was last scanned; nil for nothing.
	Gained map[string]bool
	Digest [32]byte
}

// Other is another source that declares the entity.
type Other struct {
	Source   uuid.UUID
	Document string
	Head     drift.Head
	// Pending is the head's pending proposal, nil when there is none.
	Pending *drift.Proposal
}

// Outcome says in a word what became of an entity.
type Outcome string

const (
	Unchanged Outcome = "unchanged"
	Created   Outcome = "created"
	Updated   Outcome = "updated"
	Proposed  Outcome = "proposed" // a proposal was opened
	Drifted   Outcome = "drifted"  // differs as it did before: proposed or rejected already
	Vanished  Outcome = "missing"  // newly missing
	Removed   Outcome = "removed"  // the source's share is gone, by prune or delete
)

// Change is what to write for a case. Nil and zero fields leave things as they are.
type Change struct {
	Outcome Outcome
	// Record is the entity after the change.
	Record *catalog.Record
	// Delete removes the entity; Record is nil.
	Delete bool
	// Head is the source's head after the change; DropHead removes it.
	Head     *drift.Head
	DropHead bool
	// Open is a pending proposal to write: a new one, or, where its id is that of
	// the head in the case, the same one with its digests under a new key.
	Open *drift.Proposal
	// Supersede is the source's own pending proposal that ends.
	Supersede uuid.UUID
	// Others are effects on the other sources, sorted by source id.
	Others []Effect
	// Applied lists what changed in the record, sorted by property.
	Applied []drift.Change
	// Scrub lists the properties that turned secret: their earlier plaintext is to
	// be overwritten wherever it stands: in events, decided and pending proposals of
	// every source.
	Scrub []string
	// Status is the entity's drift status over all sources after the change.
	Status drift.Status
}

// Effect is what a change does to another source's head and proposal.
type Effect struct {
	Source    uuid.UUID
	Document  string
	Head      drift.Head
	Supersede uuid.UUID
	// Rescan: the source is due for a full scan. Its proposal shows a conflict that
	// ended, or lacks one that began, or it keeps in plain what turned secret. Its
	// head's digest is zero until then.
	Rescan bool
}

// Empty reports whether there is nothing to write.
func (c Change) Empty() bool {
	return c.Record == nil && !c.Delete && c.Head == nil && !c.DropHead && c.Open == nil &&
		c.Supersede == uuid.Nil && len(c.Others) == 0
}

// Entity decides one case. An empty change may still have the outcome [Drifted].
func Entity(c Case) Change {
	var change Change
	switch {
	case c.Declared == nil:
		change = gone(c)
	case c.Record == nil:
		change = create(c)
	default:
		change = update(c)
	}
	change.Status = overall(c, change)
	return change
}

// overall is the drift status over all sources once the change is applied.
func overall(c Case, change Change) drift.Status {
	statuses := make([]drift.Status, 0, len(c.Others)+1)
	switch {
	case change.DropHead:
	case change.Head != nil:
		statuses = append(statuses, change.Head.Status)
	case c.Head.Revision > 0:
		statuses = append(statuses, c.Head.Status)
	}
	for _, o := range c.Others {
		status := o.Head.Status
		for _, e := range change.Others {
			if e.Source == o.Source {
				status = e.Head.Status
			}
		}
		statuses = append(statuses, status)
	}
	return drift.Worst(statuses...)
}
