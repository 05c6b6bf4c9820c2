package tfstate

import (
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/catalog"
)

// instanceObject reads one instance.
func (p *pass) instanceObject(r *resource) error {
	at := p.start()
	if entered, err := p.enter(jsontext.KindBeginObject); !entered || err != nil {
		if err == nil {
			p.fail(at, "an instance that is not an object")
		}
		return err
	}
	in := &p.current
	in.reset(r.address, r.provider)
	in.place = at
	reason, flat := "", []byte(nil)
	err := p.within(func() error {
		name, err := p.name()
		if err != nil {
			return err
		}
		wrong, err := p.instanceField(in, name, &flat)
		if reason == "" {
			reason = wrong
		}
		return err
	})
	if err != nil {
		return err
	}
	if reason != "" {
		p.refuse(in, reason)
		return nil
	}
	if len(in.attributes) == 0 && flat != nil {
		in.attributes = expandFlat(in.attributes, flat)
	}
	return p.tell(in)
}

// refuse reports an instance with a fault; where the fault is in what names it, the
// place alone is told.
func (p *pass) refuse(in *instance, reason string) {
	switch {
	case p.to == nil:
	case in.unnamed:
		p.to.failed(in.place.problem(reason))
	default:
		p.to.invalid(in, reason)
	}
}

func (p *pass) tell(in *instance) error {
	if p.to == nil {
		return nil
	}
	if err := p.to.instance(in); err != nil {
		return handlerError{err}
	}
	return nil
}

func (in *instance) reset(address Address, provider string) {
	*in = instance{
		address: address, provider: provider,
		attributes: in.attributes[:0], sensitive: in.sensitive[:0], identity: in.identity[:0],
		dependencies: in.dependencies[:0], dependsOn: in.dependsOn[:0],
	}
}

// instanceField reads one field; wrong says what makes the instance invalid.
func (p *pass) instanceField(in *instance, name string, flat *[]byte) (wrong string, err error) {
	switch name {
	case "attributes":
		return p.keep(&in.attributes, jsontext.KindBeginObject, name)
	case "attributes_flat":
		return p.keep(flat, jsontext.KindBeginObject, name)
	case "identity":
		return p.keep(&in.identity, jsontext.KindBeginObject, name)
	case "dependencies":
		return p.keep(&in.dependencies, jsontext.KindBeginArray, name)
	case "depends_on":
		return p.keep(&in.dependsOn, jsontext.KindBeginArray, name)
	case "sensitive_attributes":
		// of any kind: what cannot be understood makes every attribute sensitive
		in.sensitive, err = p.copyValue(in.sensitive[:0])
		return "", err
	case "index_key":
		v, err := p.ReadValue()
		if err != nil {
			return "", err
		}
		key, ok := parseKey(v)
		in.address.Key = key
		if !ok {
			in.unnamed = true
			wrong = "an index key that is neither a string nor an integer from 0"
		}
		return wrong, nil
	case "deposed":
		text, ok, err := p.text()
		in.deposed = text
		if !ok || !isDeposedKey(text) {
			in.unnamed = true
			wrong = "a deposed key that is none"
		}
		return wrong, err
	case "status":
		text, ok, err := p.text()
		in.tainted = text == "tainted"
		if !ok || text != "" && text != "tainted" {
			wrong = "a status that is not tainted"
		}
		return wrong, err
	case "provider":
		text, ok, err := p.text()
		if !ok {
			return "a provider that is not a string", err
		}
		if text != "" {
			in.provider = text
		}
		return "", err
	}
	return "", p.SkipValue()
}

// keep copies a value of the kind; null leaves it absent.
func (p *pass) keep(to *[]byte, kind jsontext.Kind, name string) (wrong string, err error) {
	v, err := p.ReadValue()
	switch {
	case err != nil || v.Kind() == jsontext.KindNull:
		return "", err
	case v.Kind() != kind:
		return name + " of a wrong kind", nil
	}
	*to = append((*to)[:0], v...)
	return "", nil
}

// parseKey reads an index key: null for none, an integer, a string.
func parseKey(v jsontext.Value) (Key, bool) {
	switch v.Kind() {
	case jsontext.KindNull:
		return Key{}, true
	case jsontext.KindString:
		text, _ := catalog.Text(v)
		return StringKey(text), true
	case jsontext.KindNumber:
		number, err := strconv.ParseInt(string(catalog.AppendNumber(nil, v)), 10, 64)
		return NumberKey(number), err == nil && number >= 0
	}
	return Key{}, false
}

// isDeposedKey accepts what Terraform writes, eight hexadecimal digits, and what
// could stand in a name; "" is the current object.
func isDeposedKey(text string) bool {
	for _, r := range text {
		if !isNameRune(r) {
			return false
		}
	}
	return len(text) <= 64
}
