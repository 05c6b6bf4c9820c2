package tfstate

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/catalog"
)

// instanceObject reads one instance.
func (p *pass) instanceObject(r *resource) error {
	at := p.start()
	if entered, err := p.enter(jsontext.KindBeginObject); !entered || err != nil {
		if err == nil {
			p.fail(at, r.local(), "an instance that is not an object")
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
	if len(in.attributes) == 0 && flat != nil {
		in.attributes = expandFlat(in.attributes, flat)
	}
	if r.lost {
		p.lose(in)
		return nil
	}
	if reason == "" {
		reason = p.providerFault(r, in)
	}
	if reason != "" {
		p.refuse(in, reason)
		return nil
	}
	return p.tell(in)
}

func (p *pass) lose(in *instance) {
	if p.to != nil {
		p.to.lost(in)
	}
}

func (p *pass) refuse(in *instance, reason string) {
	if p.to != nil {
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
		if ok {
			in.address.Key = key
		} else {
			in.wrongKey = "[" + shown(v) + "]"
			wrong = "an index key that is neither a string nor an integer from 0"
		}
		return wrong, nil
	case "deposed":
		text, ok, err := p.text()
		in.deposed = text
		if !ok || !isDeposedKey(text) {
			in.deposed, in.wrongDeposed = "", "?"
			if len(text) <= maxShown && isName(text) {
				in.wrongDeposed = text
			}
			wrong = "a deposed key that is not eight hexadecimal digits"
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

// isDeposedKey accepts what Terraform writes, eight hexadecimal digits; "" is the
// current object.
func isDeposedKey(text string) bool {
	return text == "" || len(text) == 8 && strings.Trim(text, "0123456789abcdefABCDEF") == ""
}

// maxShown bounds what is shown of a value that is wrong.
const maxShown = 64

// shown is a wrong key as it stands in an address: a number or a word; a question mark
// for all else.
func shown(v jsontext.Value) string {
	switch v.Kind() {
	case jsontext.KindBeginObject, jsontext.KindBeginArray, jsontext.KindString:
		return "?"
	}
	if len(v) > maxShown {
		return "?"
	}
	return string(v)
}
