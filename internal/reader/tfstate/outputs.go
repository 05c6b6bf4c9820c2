package tfstate

import (
	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/catalog"
)

// outputs reads the outputs of version 4 and, of the root module, of versions 2 and 3.
func (p *pass) outputs() error {
	return p.collection(jsontext.KindBeginObject, "outputs is not an object", func(int) error {
		name, err := p.name()
		if err != nil {
			return err
		}
		out := output{name: name, place: p.start()}
		v, err := p.ReadValue()
		if err != nil || p.to == nil {
			return err
		}
		if !out.read(v, p.major()) {
			p.fail(out.place, "output."+name, "an output that is not an object")
			return nil
		}
		if err := p.to.output(&out); err != nil {
			return handlerError{err}
		}
		return nil
	})
}

// read takes an output apart. One of version 1 is its value.
func (o *output) read(v jsontext.Value, version int) bool {
	if version == 1 && v.Kind() == jsontext.KindString {
		o.value, o.kind = v, []byte(`"string"`)
		return true
	}
	if v.Kind() != jsontext.KindBeginObject {
		return false
	}
	for name, span := range catalog.Members(v) {
		switch field := span.Of(v); name {
		case "value":
			o.value = field
		case "type":
			o.kind = field
		case "sensitive":
			// anything but a plain no is a yes
			o.sensitive = string(field) != "false" && string(field) != "null"
		}
	}
	return true
}
