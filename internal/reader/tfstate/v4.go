package tfstate

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// resource is what an element of "resources" says of all its instances.
type resource struct {
	module, mode, kind, name, provider string
	// wrong names a field of a wrong kind, "" for none.
	wrong string
	// index is that of its element, config the provider configuration of the instances
	// met so far.
	index  int
	config string
	// lost: its instances cannot be declared, whatever they are.
	lost bool
	// address is that of its instances save for their keys, made when they are met.
	address Address
}

// resources4 reads the resources of version 4.
func (p *pass) resources4() error {
	return p.list("resources", func(index int) error {
		at := p.start()
		if entered, err := p.enter(jsontext.KindBeginObject); !entered || err != nil {
			if err == nil {
				p.fail(at, "", "a resource that is not an object")
			}
			return err
		}
		return p.resource(index)
	})
}

// resource reads one element. Its instances need all its other fields: where one of
// those stands after them, the pass is repeated with what this one learnt.
func (p *pass) resource(index int) error {
	r, known := p.shape.resources[index]
	r.index, r.config = index, ""
	met := false
	err := p.within(func() error {
		name, err := p.name()
		if err != nil {
			return err
		}
		if name == "instances" {
			met = true
			return p.instances(&r)
		}
		field := r.field(name)
		if field == nil {
			return p.SkipValue()
		}
		text, ok, err := p.text()
		if !ok {
			r.wrong = name
		}
		if met && !known {
			p.postpone()
		}
		*field = text
		return err
	})
	p.header.resources++
	p.marks.decisive = p.marks.decisive || met && r.kind != "" && r.name != ""
	if p.disordered && met && !known {
		p.shape.keepResource(index, r)
	}
	return err
}

// local is the resource's address as far as it goes, for one that has no valid one.
func (r *resource) local() string {
	parts := []string{r.module, r.kind, r.name}
	if r.mode == "data" {
		parts[1] = "data." + r.kind
	}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ".")
}

func (r *resource) field(name string) *string {
	switch name {
	case "module":
		return &r.module
	case "mode":
		return &r.mode
	case "type":
		return &r.kind
	case "name":
		return &r.name
	case "provider":
		return &r.provider
	}
	return nil
}

func (s *shape) keepResource(index int, r resource) {
	if s.resources == nil {
		s.resources = map[int]resource{}
	}
	s.resources[index] = r
}

// instances reads a resource's instances. Where its own fields make them impossible to
// name, they are read for the secrets that they know of alone.
func (p *pass) instances(r *resource) error {
	if p.to == nil {
		return p.SkipValue()
	}
	at := p.start()
	path, err := p.modulePath(r.module)
	r.address = Address{Module: path, Data: r.mode == "data", Type: r.kind, Name: r.name}
	if err == nil {
		err = r.address.Validate()
	}
	r.lost = true
	switch {
	case r.mode != "managed" && r.mode != "data":
		p.warn(at, "a resource of a mode that is neither managed nor data")
	case r.wrong != "":
		p.fail(at, r.local(), "the resource's "+r.wrong+" is not a string")
	case err != nil:
		p.fail(at, r.local(), "the resource's address: "+err.Error())
	default:
		r.lost = false
	}
	return p.list("instances", func(int) error { return p.instanceObject(r) })
}

// modulePath is [ParseModule]; many resources are in one module.
func (p *pass) modulePath(text string) ([]ModuleStep, error) {
	if path, known := p.modulePaths[text]; known {
		return path, nil
	}
	path, err := ParseModule(text)
	if err == nil {
		remember(p.modulePaths, text, path)
	}
	return path, err
}
