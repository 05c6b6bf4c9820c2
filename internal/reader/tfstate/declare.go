package tfstate

import (
	"errors"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
	"plumbline/internal/reader/redact"
)

// The entity types of what a state holds beside resources.
const (
	typeState    = "terraform.state"
	typeOutput   = "terraform.output"
	typeModule   = "terraform.module"
	typeProvider = "terraform.provider"
)

// The relationships that are derived from a state.
const (
	dependsOn  = "depends_on"
	contains   = "contains"
	deployedBy = "deployed_by"
)

// The states of a resource instance.
const (
	stateActive  = "active"
	stateTainted = "tainted"
	stateDeposed = "deposed"
)

// declaration is one declared entity with its properties, both forms of them canonical
// and redacted. It is valid only during the call that it is given to.
type declaration struct {
	id     uuid.UUID
	entity catalog.Entity // without its properties
	local  string         // its name without the scope, at full length
	at     place
	// properties are under the writing key; alternate under the alternate one, the
	// same bytes where there is none or nothing was redacted.
	properties, alternate []byte
}

// declarer makes declarations of what a pass over a document tells it.
type declarer struct {
	doc       reader.Document
	id        uuid.UUID // of the document's own entity
	stateName string
	redactor  *redact.Redactor
	// want filters by id before the costly part; nil wants all.
	want func(uuid.UUID) bool
	sink func(*declaration) error

	problems []reader.Problem // failed
	warnings []reader.Problem
	estate   estate
	memory   memory
	schemas  schemas
	current  declaration // reused from one to the next
	buf, alt []byte
}

func newDeclarer(doc reader.Document, redactor *redact.Redactor, sink func(*declaration) error) *declarer {
	name := stateName(doc)
	return &declarer{
		doc: doc, id: catalog.EntityID(doc.Environment, typeState, name), stateName: name, redactor: redactor, sink: sink,
		estate: newEstate(), memory: newMemory(), schemas: schemas{},
	}
}

func (d *declarer) warn(p reader.Problem) { d.warnings = append(d.warnings, p) }

// failed reports what is not known to be this or that entity: nothing that the document
// declared is gone. Its address is told, where it has one.
func (d *declarer) failed(local string, p reader.Problem) {
	if local != "" {
		p.Name = d.scoped(d.named(local))
	}
	d.problems = append(d.problems, p)
}

// lost learns the secrets of what is not declared.
func (d *declarer) lost(in *instance) {
	if !d.redactor.Frozen() {
		d.current = declaration{}
		d.redactor.Learn(d.object(in))
	}
}

// object is what is redacted of an instance, whose id is the current declaration's.
func (d *declarer) object(in *instance) redact.Object {
	object := redact.Object{Entity: d.current.id, Type: in.address.EntityType(), Raw: in.attributes}
	if len(in.attributes) == 0 {
		object.Raw = emptyObject
	}
	object.Raw = d.addressed(object.Raw)
	object.Secret, object.Presumed = sensitiveSpans(object.Raw, in.sensitive), d.presumed(in, object.Raw)
	return object
}

// invalid reports an instance that cannot be declared.
func (d *declarer) invalid(in *instance, reason string) {
	d.lost(in)
	if in.wrongKey != "" || in.wrongDeposed != "" {
		d.failed(in.localName(), in.place.problem(reason))
		return
	}
	d.refuse(d.named(in.address.EntityType()), d.named(in.localName()), in.place.problem(reason))
}

// refuse adds to the failed declarations one of that type and local name, both as they
// are told.
func (d *declarer) refuse(entityType, local string, problem reader.Problem) {
	problem.Name = d.scoped(local)
	problem.ID = catalog.EntityID(d.doc.Environment, entityType, problem.Name)
	d.problems = append(d.problems, problem)
}

// named is a name, or a part of one, as it is told. What names things in the document is
// no secret to hunt for; a secret that is part of a name is masked.
func (d *declarer) named(text string) string { return d.redactor.Named(d.id, text) }

// scoped is the name of an entity of this document, short enough for one.
func (d *declarer) scoped(local string) string { return catalog.ShortName(d.fullName(local)) }

func (d *declarer) fullName(local string) string {
	if d.doc.Scope == "" {
		return local
	}
	return d.doc.Scope + "/" + local
}

// localName is the instance's name without the scope: its address and, of a deposed
// object, the key.
func (in *instance) localName() string {
	name := in.address.String() + in.wrongKey
	if deposed := in.deposed + in.wrongDeposed; deposed != "" {
		name += " (deposed " + deposed + ")"
	}
	return name
}

func (in *instance) state() string {
	switch {
	case in.deposed != "":
		return stateDeposed
	case in.tainted:
		return stateTainted
	}
	return stateActive
}

// instance declares one object of a resource.
func (d *declarer) instance(in *instance) error {
	module := ModuleString(in.address.Module)
	provider, providerName, err := d.provider(in)
	if err != nil {
		d.invalid(in, err.Error())
		return nil
	}
	d.estate.note(in, module, provider, providerName)
	if d.want == nil {
		d.schemas.note(in, provider)
	}
	local := d.named(in.localName())
	d.current = declaration{local: local, entity: catalog.Entity{
		Type:   d.namedType(in.address.EntityType()),
		Name:   d.scoped(local),
		State:  in.state(),
		Labels: d.labelled(module, providerName),
		Fact:   in.address.Data,
	}}
	if !d.admit(in.place) {
		return nil
	}
	e := &d.current.entity
	if !d.learning() {
		e.Relationships = d.relationships(in)
	}
	if ok, err := d.redact(d.object(in), in.place); !ok {
		return err
	}
	if !in.address.Data && in.deposed == "" {
		e.Identity = d.cloudIdentity(in, provider)
	}
	return d.sink(&d.current)
}

var emptyObject = []byte("{}")

// output declares one output of the root module.
func (d *declarer) output(o *output) error {
	local := d.named("output." + o.name)
	d.current = declaration{local: local, entity: catalog.Entity{
		Type: typeOutput, Name: d.scoped(local),
		Relationships: []catalog.Relationship{d.deployedBy()},
	}}
	if !d.admit(o.place) {
		return nil
	}
	raw := []byte("{")
	if o.sensitive {
		raw = appendMember(raw, "sensitive", []byte("true"))
	}
	raw = appendMember(raw, "type", o.kind)
	raw = appendMember(raw, "value", o.value)
	raw = d.addressed(append(raw, '}'))
	object := redact.Object{Entity: d.current.id, Type: typeOutput, Raw: raw}
	if o.sensitive || redact.IsSecretName(o.name) && !redact.IsPlainUnderSecretName(o.value) {
		for name, span := range catalog.Members(raw) {
			if name == "value" {
				object.Secret = []catalog.Span{span}
			}
		}
	}
	return d.declare(object, o.place)
}

func (d *declarer) checks(results catalog.Value) {
	d.estate.checks = append(catalog.Value{}, results...)
}

// admit decides whether the current entity is declared at all, and gives it its id: its
// name type must be short enough, and its id wanted.
func (d *declarer) admit(at place) bool {
	e := &d.current.entity
	d.current.at = at
	if len(e.Type) > catalog.MaxTypeBytes {
		d.failed(d.current.local, at.problem("a type that is too long"))
		return false
	}
	d.current.id = catalog.EntityID(d.doc.Environment, e.Type, e.Name)
	return d.want == nil || d.want(d.current.id)
}

// declare redacts the current declaration's properties and hands it on.
func (d *declarer) declare(o redact.Object, at place) error {
	if ok, err := d.redact(o, at); !ok {
		return err
	}
	return d.sink(&d.current)
}

// redact completes the current declaration by its properties; ok is false where it is
// not to be handed on.
func (d *declarer) redact(o redact.Object, at place) (ok bool, err error) {
	if d.learning() {
		d.redactor.Learn(o)
		return false, nil
	}
	o.Rename = true
	properties, redacted, err := d.redactor.Append(d.buf[:0], o)
	d.buf = properties
	if errors.Is(err, redact.ErrSecretName) {
		d.refuse(d.current.entity.Type, d.current.local, at.problem(err.Error()))
		return false, nil
	}
	d.warnOfCommon(at)
	if err != nil {
		return false, &reader.UnusableError{Problem: at.problem(err.Error())}
	}
	d.current.properties, d.current.alternate = properties, properties
	if redacted && d.doc.Keys.HasAlternate() {
		if d.alt, _, err = d.redactor.AppendAlternate(d.alt[:0], o); err != nil {
			return false, err
		}
		d.current.alternate = d.alt
	}
	return !d.learning(), nil
}

// warnOfCommon tells of the current entity's secrets that are common knowledge.
func (d *declarer) warnOfCommon(at place) {
	for _, pointer := range d.redactor.Common(d.current.id) {
		problem := at.problem(redact.CommonReason(pointer))
		problem.ID, problem.Name = d.current.id, d.current.entity.Name
		d.warn(problem)
	}
}

// learning reports that another pass will follow this one, whatever is found: what is
// still of use is the secrets.
func (d *declarer) learning() bool { return !d.redactor.Frozen() && d.redactor.Learned() > 0 }

func (d *declarer) deployedBy() catalog.Relationship {
	return catalog.Relationship{Type: deployedBy, To: catalog.Ref{Type: typeState, Name: d.stateName}}
}
