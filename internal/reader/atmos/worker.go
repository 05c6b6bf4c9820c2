package atmos

import (
	"bytes"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
	"plumbline/internal/reader/atmos/described"
	"plumbline/internal/reader/redact"
)

// worker makes declarations with a redactor of its own.
type worker struct {
	reading  *reading
	redactor *redact.Redactor
	packer   described.Packer

	lines, before []byte // of the block that it is at
}

func newWorker(r *reading) *worker {
	w := &worker{reading: r, redactor: redact.NewRedactor(r.doc.Keys, maxNesting)}
	w.redactor.Refers(isReference)
	return w
}

// made is one declaration, redacted, or the problem that it has.
type made struct {
	entry                 reader.Entry
	entity                catalog.Entity // without its properties
	properties, alternate []byte         // canonical; alternate is nil where it is the same
	problem               *reader.Problem

	shown described.Component
	// verdict is what may be kept for the next reading, nil where nothing may.
	verdict *verdict
}

// first is make, which an earlier reading may have done.
func (w *worker) first(d *draft) *made {
	if d.component == nil || d.tooLarge || w.redactor.Frozen() {
		return w.make(d)
	}
	key := d.key(w.reading.under)
	if v, ok := w.reading.verdicts.get(key); ok {
		return w.recall(d, v)
	}
	m := w.make(d)
	if m.verdict != nil {
		w.reading.verdicts.put(key, *m.verdict)
	}
	return m
}

// make redacts one declaration and, of a component, the section.
func (w *worker) make(d *draft) *made {
	m := w.declare(d)
	if m.problem == nil && d.component != nil {
		if err := w.show(m, d); err != nil {
			m = w.refuse(d, m, m.entity.Name, "its section cannot be told: "+err.Error())
		}
	}
	return m
}

// declare redacts one declaration.
func (w *worker) declare(d *draft) *made {
	m := &made{entity: catalog.Entity{Type: d.Type, Name: w.named(d.Name)}}
	m.entry.ID = catalog.EntityID(w.reading.doc.Environment, d.Type, m.entity.Name)
	if d.tooLarge {
		return w.refuse(d, m, m.entity.Name, fmt.Sprintf("its section is larger than %d bytes", maxSectionBytes))
	}
	if err := catalog.CheckEntityName(m.entity.Name); err != nil {
		return w.refuse(d, m, "", "a name that no entity may have: "+err.Error())
	}
	for _, r := range d.Relationships {
		if r.To.Name = w.named(r.To.Name); catalog.CheckEntityName(r.To.Name) == nil {
			m.entity.Relationships = append(m.entity.Relationships, r)
		}
	}
	object := redact.Object{Entity: m.entry.ID, Type: d.Type, Raw: d.raw, Rename: true}
	properties, redacted, err := w.redactor.Append(nil, object)
	if err != nil {
		return w.refuse(d, m, m.entity.Name, err.Error())
	}
	m.properties = properties
	m.entry.Digest = reader.Digest(&m.entity, properties)
	m.entry.Alternate = m.entry.Digest
	if !redacted || w.secretsAreInSection(d) {
		m.verdict = &verdict{}
	}
	if redacted && w.reading.doc.Keys.HasAlternate() {
		if m.alternate, _, err = w.redactor.AppendAlternate(nil, object); err != nil {
			return w.refuse(d, m, m.entity.Name, err.Error())
		}
		m.entry.Alternate = reader.Digest(&m.entity, m.alternate)
	}
	return m
}

// named is a name as it is told. The names of stacks and components are no secrets to
// hunt for; a secret that is part of one is masked.
func (w *worker) named(name string) string {
	return w.redactor.Named(w.reading.doc.Environment, name)
}

// secretsAreInSection reports whether the section has all that was replaced in the
// properties redacted last.
func (w *worker) secretsAreInSection(d *draft) bool {
	for _, name := range d.own {
		if catalog.HasSecret(w.redactor.Member(name)) {
			return false
		}
	}
	return true
}

// refuse tells why there is no declaration, and where it is written.
func (w *worker) refuse(d *draft, m *made, name, reason string) *made {
	problem := &reader.Problem{ID: m.entry.ID, Name: name, Offset: -1, Reason: reason}
	if d.component != nil {
		if at := place(d.component.Position()); !w.redactor.Tells(at) {
			problem.Path = at
		}
	}
	return &made{problem: problem}
}

// show adds the component's section, secrets masked. Its errors are those of mask.
func (w *worker) show(m *made, d *draft) (err error) {
	c := d.component
	m.shown = described.Component{Stack: w.named(c.Stack), Type: w.named(c.Type), Name: w.named(c.Name)}
	now := verdict{digest: m.entry.Digest, alternate: m.entry.Alternate}
	known, alsoKnown := false, true
	if m.shown.Section, now.section, known, err = w.mask(m.entry.ID, d.section); err != nil {
		return err
	}
	if d.kept != nil {
		var other jsontext.Value
		if other, now.kept, alsoKnown, err = w.mask(m.entry.ID, d.kept); err != nil {
			return err
		}
		m.showKept(other)
	}
	if m.verdict != nil && known && alsoKnown {
		m.verdict = &now
	} else {
		m.verdict = nil
	}
	return nil
}

func (m *made) showKept(other jsontext.Value) {
	if !bytes.Equal(other, m.shown.Section) {
		m.shown.Unprocessed = other
	}
}

// mask gives a section with what the redactor hides in it masked, and where that
// stands. What it teaches can be learnt again from the spans where known is set. Its
// errors are those of [redact.Redactor.Append].
func (w *worker) mask(id uuid.UUID, raw []byte) (_ jsontext.Value, spans []catalog.Span, known bool, err error) {
	hidden, redacted, err := w.redactor.Append(nil, redact.Object{Entity: id, Type: TypeComponent, Raw: raw, Rename: true})
	switch {
	case err != nil:
		return nil, nil, false, err
	case !redacted:
		return raw, nil, true, nil
	}
	spans = secretMembers(nil, raw, catalog.Span{End: len(raw)}, hidden)
	known = true
	for _, span := range spans {
		v := span.Of(raw)
		known = known && (v.Kind() != jsontext.KindString || !mayBeJSON(v))
	}
	return masked(raw, spans), spans, known, nil
}

// mayBeJSON reports whether a quoted text may be JSON text, in which not all is secret.
func mayBeJSON(quoted []byte) bool {
	return quoted[1] <= ' ' || quoted[1] == '\\' || quoted[1] == '{' || quoted[1] == '['
}

// recall is what declare and show came to in an earlier reading. It learns what they
// learnt.
func (w *worker) recall(d *draft, v verdict) *made {
	c := d.component
	w.named(d.Name)
	w.named(c.Stack)
	w.named(c.Type)
	w.named(c.Name)
	for _, r := range d.Relationships {
		w.named(r.To.Name)
	}
	m := &made{verdict: &v, entry: reader.Entry{ID: catalog.EntityID(w.reading.doc.Environment, d.Type, d.Name), Digest: v.digest, Alternate: v.alternate}}
	m.shown = described.Component{Stack: c.Stack, Type: c.Type, Name: c.Name, Section: masked(d.section, v.section)}
	if d.kept != nil {
		m.showKept(masked(d.kept, v.kept))
	}
	for _, span := range v.section {
		w.redactor.Relearn(span.Of(d.section))
	}
	for _, span := range v.kept {
		w.redactor.Relearn(span.Of(d.kept))
	}
	return m
}
