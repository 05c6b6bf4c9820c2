package atmos

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
	"plumbline/internal/reader/atmos/described"
	"plumbline/internal/reader/atmos/value"
	"plumbline/internal/reader/redact"
)

// worker makes declarations with a redactor of its own.
type worker struct {
	reading  *reading
	redactor *redact.Redactor
}

// made is one declaration, redacted, or the problem that it has.
type made struct {
	entry                 reader.Entry
	entity                catalog.Entity // without its properties
	properties, alternate []byte         // canonical; alternate is nil where it is the same
	shown                 described.Component
	problem               *reader.Problem
}

func (w *worker) make(it item, show bool) *made {
	out := w.reading.resolved
	if it.component == nil {
		return w.declare(out.stackDeclaration(it.stack))
	}
	c := it.component
	asked := c.evaluated(inquiry{left: new(maxAsked)})
	written := asked
	if out.run.odd.Load() {
		written.Value = value.Plain(value.Texts(asked.Value)).(value.Map)
	}
	m := w.declare(out.declarationOf(c, written))
	if m.problem == nil && show {
		if err := w.show(m, c, asked); err != nil {
			m = w.refuse(m, m.entity.Name, "its section cannot be told: "+err.Error())
		}
	}
	if m.problem != nil {
		if at := place(c.Position()); !w.redactor.Tells(at) {
			m.problem.Path = at
		}
	}
	return m
}

// declare redacts one declaration.
func (w *worker) declare(d Declaration) *made {
	d.Name = w.reading.scoped(d.Name)
	m := &made{entity: catalog.Entity{Type: d.Type, Name: d.Name}}
	m.entry.ID = catalog.EntityID(w.reading.doc.Environment, d.Type, d.Name)
	switch {
	case w.redactor.Tells(d.Name):
		return w.refuse(m, "", "a name that holds a secret")
	case catalog.CheckEntityName(d.Name) != nil:
		return w.refuse(m, "", "a name that no entity may have: "+catalog.CheckEntityName(d.Name).Error())
	}
	for _, r := range d.Relationships {
		r.To.Name = w.reading.scoped(r.To.Name)
		if !w.redactor.Tells(r.To.Name) && catalog.CheckEntityName(r.To.Name) == nil {
			m.entity.Relationships = append(m.entity.Relationships, r)
		}
	}
	object := redact.Object{Entity: m.entry.ID, Type: d.Type, Raw: value.AppendJSON(nil, d.Properties, value.Compact)}
	properties, redacted, err := w.redactor.Append(nil, object)
	if err != nil {
		return w.refuse(m, d.Name, err.Error())
	}
	m.properties = properties
	m.entry.Digest = reader.Digest(&m.entity, properties)
	m.entry.Alternate = m.entry.Digest
	if redacted && w.reading.doc.Keys.HasAlternate() {
		if m.alternate, _, err = w.redactor.AppendAlternate(nil, object); err != nil {
			return w.refuse(m, d.Name, err.Error())
		}
		m.entry.Alternate = reader.Digest(&m.entity, m.alternate)
	}
	return m
}

func (w *worker) refuse(m *made, name, reason string) *made {
	return &made{problem: &reader.Problem{ID: m.entry.ID, Name: name, Offset: -1, Reason: reason}}
}

// show adds the component's section, secrets masked. Its errors are those of masked,
// and [redact.ErrSecretName] for a type that holds a secret.
func (w *worker) show(m *made, c *Component, s Section) (err error) {
	if w.redactor.Tells(c.Type) {
		return redact.ErrSecretName
	}
	run := w.reading.resolved.run
	m.shown = described.Component{Stack: c.Stack, Type: c.Type, Name: c.Name}
	if m.shown.Section, err = w.masked(m, c.printed(s.Value)); err != nil || run.estate.KeepFunctions || !run.functions.Load() {
		return err
	}
	kept := c.evaluatedKeeping(inquiry{left: new(maxAsked)}, true)
	other, err := w.masked(m, c.printed(kept.Value))
	if err == nil && !bytes.Equal(other, m.shown.Section) {
		m.shown.Unprocessed = other
	}
	return err
}

// masked is a section as JSON with [described.Masked] for what the redactor hides in
// it. Its errors are those of [redact.Redactor.Append].
func (w *worker) masked(m *made, section value.Map) (jsontext.Value, error) {
	raw := value.AppendJSON(nil, section, value.Compact)
	hidden, redacted, err := w.redactor.Append(nil, redact.Object{Entity: m.entry.ID, Type: TypeComponent, Raw: raw})
	switch {
	case err != nil:
		return nil, err
	case !redacted:
		return raw, nil
	}
	return value.AppendJSON(nil, mask(section, catalog.Value(hidden)), value.Compact), nil
}

// mask lays what a redactor made of a value over it: nulls and numbers stay as they
// are.
func mask(v any, hidden catalog.Value) any {
	if !catalog.HasSecret(hidden) {
		return v
	}
	if catalog.IsSecret(hidden) {
		return described.Masked
	}
	switch v := v.(type) {
	case value.Map:
		out := make(value.Map, len(v))
		for name, span := range catalog.Members(hidden) {
			out[name] = mask(v[name], span.Of(hidden))
		}
		for name, item := range v {
			if item == nil {
				out[name] = nil
			}
		}
		return out
	case []any:
		out := slices.Clone(v)
		i := 0
		for _, span := range catalog.Elements(hidden) {
			out[i] = mask(v[i], span.Of(hidden))
			i++
		}
		return out
	}
	return described.Masked
}
