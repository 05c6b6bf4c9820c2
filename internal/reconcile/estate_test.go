package reconcile_test

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
)

// failer is what a test and a property have in common.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

const entityType, entityName = "aws_instance", "prod/web"

var (
	envID    = uuid.NewSHA1(uuid.Nil, []byte("environment"))
	entityID = catalog.EntityID(envID, entityType, entityName)
)

// origin is one source of the model: its settings, and what it declares.
type origin struct {
	id       uuid.UUID
	policy   drift.Policy
	prune    bool
	literal  bool
	reread   bool // by another version of the reader
	declared *catalog.Entity
	// key digests secrets; scanned is the key of the last scan.
	key, scanned string
}

func newOrigin(name string, policy drift.Policy) *origin {
	return &origin{id: uuid.NewSHA1(uuid.Nil, []byte(name)), policy: policy, key: "a", scanned: "a"}
}

// secretMark begins a declared text that a reader would redact.
const secretMark = "secret:"

// properties turns texts into what a reader yields under the key.
func (o *origin) properties(key string) map[string]catalog.Value {
	values := map[string]catalog.Value{}
	for name, value := range o.declared.Properties {
		text := string(value)
		if len(text) > len(secretMark) && text[1:1+len(secretMark)] == secretMark {
			value = catalog.Secret(key, fmt.Sprintf("%x.%x", text, key))
		}
		values[name] = value
	}
	return values
}

// unkeyed undoes the key of a secret, as nobody but the model can.
func unkeyed(v catalog.Value) string {
	_, rest, secret := strings.Cut(string(v), ":")
	_, rest, _ = strings.Cut(rest, ":")
	text, _, _ := strings.Cut(rest, ".")
	if !secret || !catalog.HasSecret(v) {
		return string(v)
	}
	return text
}

func (o *origin) digest(key string) [32]byte {
	e := *o.declared
	e.Properties = o.properties(key)
	var b []byte
	flat := e.Pointers()
	for _, name := range slices.Sorted(maps.Keys(flat)) {
		b = fmt.Appendf(b, "%s=%s\n", name, flat[name])
	}
	b = fmt.Appendf(b, "%v %s", e.Relationships, e.Identity)
	return sha256.Sum256(b)
}

func (o *origin) body() *reconcile.Declared {
	if o.declared == nil {
		return nil
	}
	d := &reconcile.Declared{Entity: *o.declared, Digest: reconcile.DigestOf(o.digest(o.key), o.literal)}
	d.Entity.Properties = o.properties(o.key)
	if o.key != o.scanned {
		for name, value := range o.properties(o.scanned) {
			if catalog.HasSecret(value) {
				if d.Alternate == nil {
					d.Alternate = map[string]catalog.Value{}
				}
				d.Alternate[catalog.PropertyPointer(name)] = value
			}
		}
	}
	return d
}

// declare replaces what the source declares; values are JSON texts by property.
func (o *origin) declare(pairs ...string) {
	o.declared = &catalog.Entity{Type: entityType, Name: entityName, Properties: map[string]catalog.Value{}}
	for i := 0; i < len(pairs); i += 2 {
		o.declared.Properties[pairs[i]] = catalog.Value(pairs[i+1])
	}
}

// estate is the model that applies changes to one entity: record, heads, proposals.
type estate struct {
	record    *catalog.Record
	heads     map[uuid.UUID]drift.Head
	proposals map[uuid.UUID]drift.Proposal
	clock     int64
}

func newEstate() *estate {
	return &estate{heads: map[uuid.UUID]drift.Head{}, proposals: map[uuid.UUID]drift.Proposal{}}
}

func (e *estate) pending(source uuid.UUID) *drift.Proposal {
	p, found := e.proposals[e.heads[source].Proposal]
	if !found {
		return nil
	}
	return &p
}

func (e *estate) caseOf(o *origin) reconcile.Case {
	c := reconcile.Case{EntityID: entityID, EnvID: envID, Source: o.id, Document: "d", Policy: o.policy, Prune: o.prune, Literal: o.literal, Reread: o.reread,
		Declared: o.body(), Head: e.heads[o.id], Pending: e.pending(o.id)}
	if e.record == nil {
		return c
	}
	c.Record = e.record.Clone()
	for _, d := range e.record.Declarers {
		if d.Source != o.id {
			c.Others = append(c.Others, reconcile.Other{Source: d.Source, Document: d.Document,
				Head: e.heads[d.Source], Pending: e.pending(d.Source)})
		}
	}
	return c
}

// touched asks [reconcile.Compare] whether the scan would look at the entity.
func (e *estate) touched(t failer, o *origin, full bool) bool {
	t.Helper()
	var index reconcile.Index
	if o.declared != nil {
		index.Add(reconcile.Entry{ID: entityID, Digest: o.digest(o.key), Alternate: o.digest(o.scanned)})
	}
	index.Seal()
	heads := func(yield func(drift.Head, error) bool) {
		if head, found := e.heads[o.id]; found {
			yield(head, nil)
		}
	}
	c, err := reconcile.Compare(&index, heads, reconcile.Look{Policy: o.policy, Prune: o.prune, Literal: o.literal, Full: full, Rotating: o.key != o.scanned})
	if err != nil {
		t.Fatalf("compare: %v", err)
	}
	return len(c.Touched)+len(c.Gone) > 0
}

// scan reads the source and applies what comes of it.
func (e *estate) scan(t failer, o *origin, full bool) reconcile.Change {
	t.Helper()
	if !e.touched(t, o, full) {
		o.scanned = o.key
		return reconcile.Change{Outcome: reconcile.Unchanged}
	}
	c := e.caseOf(o)
	change := reconcile.Entity(c)
	e.apply(t, o, change)
	if again := reconcile.Entity(e.caseOf(o)); !again.Empty() {
		t.Fatalf("a plan applied and computed again is not empty: %s\nafter %s\nof record %+v\nothers %+v\ndeclared %+v", shownIn(again), shownIn(change), c.Record, c.Others, c.Declared)
	}
	o.scanned = o.key
	return change
}

func (e *estate) apply(t failer, o *origin, change reconcile.Change) {
	t.Helper()
	if change.Empty() {
		return
	}
	e.clock++
	before := e.heads[o.id].Proposal
	if change.Record != nil {
		if e.record == nil {
			change.Record.CreatedAt = time.Unix(e.clock, 0)
		}
		change.Record.Revision++
		e.record = change.Record
	}
	if change.Delete {
		e.record = nil
	}
	if change.Head != nil {
		e.putHead(o.id, *change.Head)
	}
	if change.DropHead {
		delete(e.heads, o.id)
	}
	for _, effect := range change.Others {
		if effect.Supersede != uuid.Nil {
			e.supersede(t, effect.Supersede, e.heads[effect.Source].Proposal)
		}
		e.putHead(effect.Source, effect.Head)
	}
	if change.Supersede != uuid.Nil {
		e.supersede(t, change.Supersede, before)
	}
	if p := change.Open; p != nil {
		if old, found := e.proposals[p.ID]; found && (p.ID != before || old.Status != drift.Pending) {
			t.Fatalf("the id of proposal %+v is used again: %+v", old, *p)
		}
		e.proposals[p.ID] = *p
	}
}

func (e *estate) putHead(source uuid.UUID, head drift.Head) {
	head.Revision++
	e.heads[source] = head
}

func (e *estate) supersede(t failer, id, expected uuid.UUID) {
	t.Helper()
	p, ok := e.proposals[id].Supersede(uuid.Nil, time.Unix(e.clock, 0))
	if !ok || id != expected {
		t.Fatalf("supersede %s, which is %q; the head's is %s", id, p.Status, expected)
	}
	e.proposals[id] = p
}

// decide approves or rejects the source's pending proposal.
func (e *estate) decide(t failer, o *origin, status drift.ProposalStatus) (reconcile.Change, error) {
	t.Helper()
	p := *e.pending(o.id)
	verb := reconcile.Approve
	if status == drift.Rejected {
		verb = reconcile.Reject
	}
	change, err := verb(p, e.caseOf(o))
	if err != nil {
		return change, err
	}
	e.apply(t, o, change)
	if e.proposals[p.ID], _ = p.Decide(status, "someone", time.Unix(e.clock, 0)); change.Supersede == p.ID {
		t.Fatalf("an approval supersedes the approved proposal")
	}
	return change, nil
}

// value is a recorded property, "" where it is absent.
func (e *estate) value(name string) string {
	if e.record == nil {
		return ""
	}
	return string(e.record.Entity.Properties[name])
}
