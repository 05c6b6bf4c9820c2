package tfstate

import (
	"hash/maphash"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
	"plumbline/internal/reader/redact"
)

// estate gathers what a document's instances say together: the modules they are in,
// the providers that made them, their number. It grows with their number only.
type estate struct {
	modules   map[string][]ModuleStep
	providers map[string]Provider
	// resources holds a hash of each resource's address, for their number.
	resources          map[uint64]struct{}
	instances, deposed int
	checks             catalog.Value
}

func newEstate() estate {
	return estate{
		modules:   map[string][]ModuleStep{},
		providers: map[string]Provider{},
		resources: map[uint64]struct{}{},
	}
}

// note counts an instance and enters its modules and provider.
func (s *estate) note(in *instance, module string, provider Provider, providerName string) {
	if in.deposed == "" {
		s.instances++
	} else {
		s.deposed++
	}
	s.resources[maphash.Comparable(hashSeed, block{module, in.address.Data, in.address.Type, in.address.Name})] = struct{}{}
	if _, known := s.modules[module]; !known {
		s.enter(in.address.Module)
	}
	if _, known := s.providers[providerName]; !known && providerName != "" {
		s.providers[providerName] = provider
	}
}

// block is what one resource is, whatever its instances.
type block struct {
	module     string
	data       bool
	kind, name string
}

var hashSeed = maphash.MakeSeed()

// enter enters a module and every module that it is in.
func (s *estate) enter(path []ModuleStep) {
	// A module's name begins with those of the modules that it is in: all are one text.
	for name := ModuleString(path); len(path) > 0; path = path[:len(path)-1] {
		if _, known := s.modules[name]; known {
			return
		}
		s.modules[name] = path
		last := len(ModuleString(path[len(path)-1:]))
		name = name[:max(0, len(name)-last-1)]
	}
}

// children gives the modules directly inside each module ("" for the root), sorted.
func (s *estate) children() map[string][]string {
	inside := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(s.modules)) {
		path := s.modules[name]
		parent := ModuleString(path[:len(path)-1])
		inside[parent] = append(inside[parent], name)
	}
	return inside
}

// stateName is the name of a document's terraform.state: its scope, or where that is
// empty the last part of its URI without extension.
func stateName(doc reader.Document) string {
	if doc.Scope != "" {
		return catalog.ShortName(doc.Scope)
	}
	base := path.Base(doc.URI)
	return catalog.ShortName(strings.TrimSuffix(base, path.Ext(base)))
}

// declareEstate declares modules, providers and the state itself, which are known only
// at the end of the document.
func (d *declarer) declareEstate(h *header) error {
	children := d.estate.children()
	for _, name := range slices.Sorted(maps.Keys(d.estate.modules)) {
		e := catalog.Entity{Type: typeModule, Name: d.scoped(d.named(name)), Relationships: d.containing(children[name])}
		e.Relationships = append(e.Relationships, d.deployedBy())
		if err := d.derive(d.named(name), e, emptyObject); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.estate.providers)) {
		provider := d.estate.providers[name]
		e := catalog.Entity{Type: typeProvider, Name: d.scoped(d.named(name)), Relationships: []catalog.Relationship{d.deployedBy()}}
		raw := appendText([]byte("{"), "source", provider.Source)
		raw = appendText(raw, "alias", provider.Alias)
		raw = appendText(raw, "module", ModuleString(provider.Module))
		if err := d.derive(d.named(name), e, append(raw, '}')); err != nil {
			return err
		}
	}
	e := catalog.Entity{Type: typeState, Name: d.stateName, Fact: true, Relationships: d.containing(children[""])}
	return d.derive("", e, d.stateProperties(h))
}

// derive declares an entity that stands for the document or a part of it.
func (d *declarer) derive(local string, e catalog.Entity, raw []byte) error {
	d.current = declaration{local: local, entity: e}
	if !d.admit(place{}) {
		return nil
	}
	return d.declare(redact.Object{Entity: d.current.id, Type: e.Type, Raw: d.addressed(raw)}, place{})
}

// containing gives sorted contains relationships.
func (d *declarer) containing(modules []string) []catalog.Relationship {
	list := make([]catalog.Relationship, 0, len(modules)+1)
	for _, name := range modules {
		list = append(list, catalog.Relationship{Type: contains, To: catalog.Ref{Type: typeModule, Name: d.scoped(d.named(name))}})
	}
	return list
}

// stateProperties are the properties of the terraform.state.
func (d *declarer) stateProperties(h *header) []byte {
	raw := appendText([]byte("{"), "lineage", h.facts.Lineage)
	if h.facts.HasSerial {
		raw = appendMember(raw, "serial", strconv.AppendUint(nil, h.facts.Serial, 10))
	}
	raw = appendText(raw, "terraformVersion", h.facts.WriterVersion)
	raw = appendMember(raw, "version", []byte(h.version))
	raw = appendText(raw, "format", string(h.facts.Format))
	if h.facts.Format == reader.FormatLegacy {
		raw = appendMember(raw, "legacy", []byte("true"))
	}
	raw = appendMember(raw, "resourceCount", strconv.AppendInt(nil, int64(len(d.estate.resources)), 10))
	raw = appendMember(raw, "instanceCount", strconv.AppendInt(nil, int64(d.estate.instances), 10))
	raw = appendMember(raw, "deposedCount", strconv.AppendInt(nil, int64(d.estate.deposed), 10))
	raw = appendMember(raw, "checkResults", d.estate.checks)
	return append(raw, '}')
}
