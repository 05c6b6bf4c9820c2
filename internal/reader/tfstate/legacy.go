package tfstate

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/catalog"
)

// modules reads the modules of versions 1 to 3. A module's path must be known before
// its resources and outputs; where it stands after them the pass is repeated.
func (p *pass) modules() error {
	return p.list("modules", func(index int) error {
		at := p.start()
		if entered, err := p.enter(jsontext.KindBeginObject); !entered || err != nil {
			if err == nil {
				p.fail(at, "", "a module that is not an object")
			}
			return err
		}
		return p.module(index, at)
	})
}

func (p *pass) module(index int, at place) error {
	path, known := p.shape.modules[index]
	met, unusable := false, false
	return p.within(func() error {
		name, err := p.name()
		if err != nil {
			return err
		}
		switch name {
		case "path":
			v, err := p.ReadValue()
			if err != nil {
				return err
			}
			if path, err = legacyPath(v); err != nil {
				unusable = true
				p.fail(at, "", err.Error())
			}
			p.marks.decisive = p.marks.decisive || !unusable
			if met && !known {
				p.postpone()
				p.shape.keepModule(index, path)
			}
			known = true
			return nil
		case "resources":
			met = met || !known
			return p.legacyResources(path, unusable)
		case "outputs":
			met = met || !known
			if len(path) > 0 || unusable {
				return p.SkipValue()
			}
			return p.outputs()
		}
		return p.SkipValue()
	})
}

func (s *shape) keepModule(index int, path []ModuleStep) {
	if s.modules == nil {
		s.modules = map[int][]ModuleStep{}
	}
	s.modules[index] = path
}

// legacyPath reads ["root","a","b"], which has no instance keys.
func legacyPath(v jsontext.Value) ([]ModuleStep, error) {
	var path []ModuleStep
	for index, span := range catalog.Elements(v) {
		name, ok := catalog.Text(span.Of(v))
		switch {
		case !ok || index == 0 && name != "root" || index > 0 && !isName(name):
			return nil, errors.New(`a module path that is not "root" and names`)
		case index > 0:
			if len(path) == maxModuleSteps {
				return nil, fmt.Errorf("modules nested more than %d deep", maxModuleSteps)
			}
			path = append(path, ModuleStep{Name: name})
		}
	}
	if v.Kind() != jsontext.KindBeginArray || path == nil && strings.TrimSpace(string(v[1:len(v)-1])) == "" {
		return nil, errors.New("a module without a path")
	}
	return path, nil
}

// legacyResources reads the map from "type.name[.N]" to a resource.
func (p *pass) legacyResources(module []ModuleStep, unusable bool) error {
	return p.collection(jsontext.KindBeginObject, "a module's resources are not an object", func(int) error {
		key, err := p.name()
		if err != nil {
			return err
		}
		p.header.resources++
		at := p.start()
		v, err := p.ReadValue()
		if err != nil || p.to == nil || unusable {
			return err
		}
		address, err := legacyAddress(key)
		if err == nil && v.Kind() != jsontext.KindBeginObject {
			err = errors.New("a resource that is not an object")
		}
		if err != nil {
			p.fail(at, inModule(module, key), err.Error())
			return nil
		}
		address.Module = module
		return p.legacyResource(address, v, at)
	})
}

func inModule(module []ModuleStep, local string) string {
	if len(module) == 0 {
		return local
	}
	return ModuleString(module) + "." + local
}

// legacyAddress reads a key of at most four parts: ["data."] type "." name ["." N].
func legacyAddress(key string) (Address, error) {
	parts := strings.Split(key, ".")
	var a Address
	if len(parts) > 2 && parts[0] == "data" {
		a.Data, parts = true, parts[1:]
	}
	if len(parts) < 2 || len(parts) > 3 {
		return a, errors.New("a resource key that is not type.name or type.name.index")
	}
	a.Type, a.Name = parts[0], parts[1]
	if len(parts) == 3 {
		index, err := strconv.ParseInt(parts[2], 10, 64)
		if err != nil || index < 0 {
			return a, errors.New("a resource key whose index is not an integer from 0")
		}
		a.Key = NumberKey(index)
	}
	return a, a.Validate()
}

// legacyResource tells the primary object and the deposed ones, whose keys become the
// numbers from 1 as eight hexadecimal digits. Version 1 keeps tainted objects in a
// list of their own: the last one stands for a primary that is not there, the others
// wait to be destroyed like deposed ones.
func (p *pass) legacyResource(address Address, v jsontext.Value, at place) error {
	var primary, tainted, provider, dependsOn jsontext.Value
	var deposed []jsontext.Value
	for name, span := range catalog.Members(v) {
		switch field := span.Of(v); name {
		case "primary":
			primary = field
		case "deposed":
			deposed = append(deposed, elements(field)...)
		case "tainted":
			tainted = field
		case "provider":
			provider = field
		case "depends_on":
			dependsOn = field
		}
	}
	text, _ := catalog.Text(provider)
	in := &p.current
	in.reset(address, text)
	in.place = at
	in.dependsOn = append(in.dependsOn, dependsOn...)
	objects := elements(tainted)
	isObject := primary.Kind() == jsontext.KindBeginObject
	if !isObject && len(objects) > 0 {
		primary, objects = objects[len(objects)-1], objects[:len(objects)-1]
		in.tainted, isObject = true, true
	}
	if isObject {
		if err := p.legacyObject(in, primary); err != nil {
			return err
		}
	}
	for n, object := range append(deposed, objects...) {
		in.tainted, in.deposed = false, fmt.Sprintf("%08x", n+1)
		if err := p.legacyObject(in, object); err != nil {
			return err
		}
	}
	return nil
}

func elements(v jsontext.Value) []jsontext.Value {
	var list []jsontext.Value
	for _, span := range catalog.Elements(v) {
		list = append(list, span.Of(v))
	}
	return list
}

// legacyObject tells one object; an "id" that its attributes lack comes from the
// object itself.
func (p *pass) legacyObject(in *instance, v jsontext.Value) error {
	flat, id := jsontext.Value("{}"), jsontext.Value(nil)
	for name, span := range catalog.Members(v) {
		switch field := span.Of(v); {
		case name == "attributes" && field.Kind() == jsontext.KindBeginObject:
			flat = field
		case name == "id" && field.Kind() == jsontext.KindString:
			id = field
		case name == "tainted":
			in.tainted = in.tainted || string(field) == "true"
		}
	}
	in.attributes = expandFlat(in.attributes[:0], withID(flat, id))
	return p.tell(in)
}

func withID(flat, id jsontext.Value) []byte {
	for name := range catalog.Members(flat) {
		if name == "id" {
			return flat
		}
	}
	if id == nil {
		return flat
	}
	out := append([]byte(`{"id":`), id...)
	for range catalog.Members(flat) {
		out = append(out, ',')
		break
	}
	return append(out, flat[1:]...)
}
