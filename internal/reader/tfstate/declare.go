package tfstate

import (
	"errors"
	"hash/maphash"
	"slices"

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
	// properties are under the writing key; alternate under the alternate one, the
	// same bytes where there is none or nothing was redacted.
	properties, alternate []byte
}

// declarer makes declarations of what a pass over a document tells it.
type declarer struct {
	doc       reader.Document
	stateName string
	redactor  *redact.Redactor
	// want filters by id before the costly part; nil wants all.
	want func(uuid.UUID) bool
	sink func(*declaration) error

	problems   []reader.Problem // failed
	warnings   []reader.Problem
	estate     estate
	buf, alt   []byte
	cached     map[string][]catalog.Relationship
	lastSource string
	lastParsed Provider
}

func newDeclarer(doc reader.Document, redactor *redact.Redactor, sink func(*declaration) error) *declarer {
	return &declarer{
		doc: doc, stateName: stateName(doc), redactor: redactor, sink: sink,
		estate: newEstate(), cached: map[string][]catalog.Relationship{},
	}
}

func (d *declarer) failed(p reader.Problem) { d.problems = append(d.problems, p) }
func (d *declarer) warn(p reader.Problem)   { d.warnings = append(d.warnings, p) }

// invalid reports an instance that is named but cannot be declared.
func (d *declarer) invalid(in *instance) {
	d.refuse(in.address.EntityType(), d.scoped(in.localName()), in.place)
}

// refuse adds to the failed declarations one of that type and name, which are told
// only where they hold no secret.
func (d *declarer) refuse(entityType, name string, place reader.Problem) {
	if !d.redactor.Tells(entityType) && !d.redactor.Tells(name) && len(name) <= catalog.MaxNameBytes {
		place.Name = name
		place.ID = catalog.EntityID(d.doc.Environment, entityType, name)
	}
	d.failed(place)
}

// scoped is the name of an entity of this document.
func (d *declarer) scoped(local string) string { return scoped(d.doc.Scope, local) }

func scoped(scope, local string) string {
	if scope == "" {
		return local
	}
	return scope + "/" + local
}

// localName is the instance's name without the scope: its address and, of a deposed
// object, the key.
func (in *instance) localName() string {
	name := in.address.String()
	if in.deposed != "" {
		name += " (deposed " + in.deposed + ")"
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
	provider := d.provider(in)
	d.estate.note(in, provider)
	e := catalog.Entity{
		Type:   in.address.EntityType(),
		Name:   d.scoped(in.localName()),
		State:  in.state(),
		Labels: map[string]string{},
		Fact:   in.address.Data,
	}
	if len(in.address.Module) > 0 {
		e.Labels["module"] = ModuleString(in.address.Module)
	}
	if provider.Source != "" {
		e.Labels["provider"] = provider.String()
	}
	id, proceed := d.admit(&e, in.place)
	if !proceed {
		return nil
	}
	e.Relationships = d.relationships(in)
	attributes := in.attributes
	if len(attributes) == 0 {
		attributes = []byte("{}")
	}
	return d.declare(id, e, redact.Object{
		Entity: id, Type: e.Type, Raw: attributes, Secret: sensitiveSpans(attributes, in.sensitive),
	}, in.place, func(e *catalog.Entity, properties []byte) {
		if !in.address.Data && in.deposed == "" {
			e.Identity = cloudIdentity(provider, e.Type, d.identity(id, in), properties)
		}
	})
}

// identity is the canonical resource identity, empty where there is none or it holds
// a secret.
func (d *declarer) identity(id uuid.UUID, in *instance) catalog.Value {
	if len(in.identity) == 0 {
		return nil
	}
	v, redacted, err := d.redactor.Append(nil, redact.Object{Entity: id, Raw: in.identity})
	if redacted || err != nil {
		return nil
	}
	return v
}

// output declares one output of the root module.
func (d *declarer) output(o *output) error {
	e := catalog.Entity{
		Type: typeOutput, Name: d.scoped("output." + o.name),
		Relationships: []catalog.Relationship{d.deployedBy()},
	}
	id, proceed := d.admit(&e, o.place)
	if !proceed {
		return nil
	}
	raw := []byte("{")
	if o.sensitive {
		raw = appendMember(raw, "sensitive", []byte("true"))
	}
	raw = appendMember(raw, "type", o.kind)
	raw = appendMember(raw, "value", o.value)
	raw = append(raw, '}')
	object := redact.Object{Entity: id, Type: e.Type, Raw: raw}
	if o.sensitive || redact.IsSecretName(o.name) && !redact.IsPlainUnderSecretName(o.value) {
		for name, span := range catalog.Members(raw) {
			if name == "value" {
				object.Secret = []catalog.Span{span}
			}
		}
	}
	return d.declare(id, e, object, o.place, nil)
}

func (d *declarer) checks(results catalog.Value) {
	d.estate.checks = append(catalog.Value{}, results...)
}

// admit decides whether an entity is declared at all: its name must be short enough
// and tell no secret, and its id wanted. Labels that tell one are left out.
func (d *declarer) admit(e *catalog.Entity, place reader.Problem) (uuid.UUID, bool) {
	switch {
	case len(e.Type) > catalog.MaxTypeBytes || len(e.Name) > catalog.MaxNameBytes:
		place.Reason = "a name or type that is too long"
		d.refuse(e.Type, e.Name, place)
		return uuid.UUID{}, false
	case d.redactor.Tells(e.Type) || d.redactor.Tells(e.Name[len(d.doc.Scope):]):
		place.Reason = "a name that holds a secret"
		d.failed(place)
		return uuid.UUID{}, false
	}
	id := catalog.EntityID(d.doc.Environment, e.Type, e.Name)
	if d.want != nil && !d.want(id) {
		return id, false
	}
	for label, text := range e.Labels {
		if d.redactor.Tells(text) {
			delete(e.Labels, label)
			place.Reason = "a label that holds a secret is left out"
			d.warn(place)
		}
	}
	return id, true
}

// declare redacts the properties and hands the declaration on. finish may complete
// the entity from the redacted properties.
func (d *declarer) declare(id uuid.UUID, e catalog.Entity, o redact.Object, place reader.Problem, finish func(*catalog.Entity, []byte)) error {
	properties, redacted, err := d.redactor.Append(d.buf[:0], o)
	d.buf = properties
	if err != nil {
		place.Reason = "properties that nest too deep"
		if errors.Is(err, redact.ErrSecretName) {
			place.Reason = err.Error()
		}
		d.refuse(e.Type, e.Name, place)
		return nil
	}
	if finish != nil {
		finish(&e, properties)
	}
	alternate := properties
	if redacted && d.doc.Keys.HasAlternate() {
		if d.alt, _, err = d.redactor.AppendAlternate(d.alt[:0], o); err != nil {
			return err
		}
		alternate = d.alt
	}
	return d.sink(&declaration{id: id, entity: e, properties: properties, alternate: alternate})
}

func (d *declarer) deployedBy() catalog.Relationship {
	return catalog.Relationship{Type: deployedBy, To: catalog.Ref{Type: typeState, Name: d.stateName}}
}

// relationships of an instance, sorted. Those of the same lists are the same, so they
// are made once; an end that holds a secret is left out.
func (d *declarer) relationships(in *instance) []catalog.Relationship {
	key := string(in.dependencies)
	if len(in.dependsOn) > 0 {
		key += "\n" + string(in.dependsOn) + ModuleString(in.address.Module)
	}
	if known, ok := d.cached[key]; ok {
		return known
	}
	ends, skipped := dependencies(in)
	if skipped > 0 {
		place := in.place
		place.Reason = "dependencies that name no resource are left out"
		d.warn(place)
	}
	list := []catalog.Relationship{d.deployedBy()}
	for _, end := range ends {
		if to := end.ref(d.doc.Scope); !d.redactor.Tells(to.Name[len(d.doc.Scope):]) {
			list = append(list, catalog.Relationship{Type: dependsOn, To: to})
		}
	}
	slices.SortFunc(list, catalog.Relationship.Compare)
	list = slices.Compact(list)
	if len(d.cached) < maxCached {
		d.cached[key] = list
	}
	return list
}

const maxCached = 1024

// provider parses an instance's provider; one that cannot be parsed leaves the zero
// value and a warning. Neighbours mostly have the same one.
func (d *declarer) provider(in *instance) Provider {
	switch {
	case in.provider == "":
		return impliedProvider(in.address.Type)
	case in.provider == d.lastSource:
		return d.lastParsed
	}
	parsed, err := ParseProvider(in.provider)
	if err != nil {
		place := in.place
		place.Reason = err.Error()
		d.warn(place)
	}
	d.lastSource, d.lastParsed = in.provider, parsed
	return parsed
}

var hashSeed = maphash.MakeSeed()
