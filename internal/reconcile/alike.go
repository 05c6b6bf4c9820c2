package reconcile

import (
	"bytes"
	"slices"

	"plumbline/internal/catalog"
)

// alike reports whether two values are no difference: the rule of the package comment.
// literally takes equal values only.
func alike(a, b catalog.Value, literally bool) bool {
	return catalog.Equal(a, b) || !literally && catalog.Equal(plain(a, 0), plain(b, 0))
}

// empty reports whether a value is alike to an absent one.
func empty(v catalog.Value, literally bool) bool { return alike(v, nil, literally) }

// providerLabel is where a resource is told its provider.
var providerLabel = catalog.LabelPointer("provider")

// anyNamespace is a provider without the namespace of those that Terraform takes for
// meant where none is written: states from before 0.13 say "aws" for "hashicorp/aws".
func anyNamespace(provider catalog.Value) catalog.Value {
	return bytes.Replace(provider, []byte("hashicorp/"), nil, 1)
}

// likenessDepth is how deep values and texts inside one another are looked into; what
// lies deeper is compared as it stands.
const (
	likenessDepth = 100
	textDepth     = 4
)

// plain is the form in which values that are alike are equal: what is null or empty is
// left out, a text that is JSON is in its canonical form.
//
//	{}  []  ""  null  {"a":null}     absent
//	{"a":1,"b":[]}                   {"a":1}
//	["",1]                           [null,1]: the place of an element counts
//	"{ \"b\":1, \"a\":null }"        "{\"a\":null,\"b\":1}": inside a text everything counts but layout and order
func plain(v catalog.Value, depth int) catalog.Value {
	if depth > likenessDepth || catalog.IsSecret(v) {
		return v
	}
	switch v.Kind() {
	case 'n':
		return nil
	case '"':
		if len(v) == len(`""`) {
			return nil
		}
		return plainText(v, 0)
	case '{':
		members := map[string]catalog.Value{}
		for name, span := range catalog.Members(v) {
			members[name] = plain(span.Of(v), depth+1)
		}
		if object := catalog.Object(members); len(object) > len("{}") {
			return object
		}
		return nil
	case '[':
		if len(v) == len("[]") {
			return nil
		}
		return list(v, func(element catalog.Value) catalog.Value { return plain(element, depth+1) })
	}
	return v
}

// plainText is a text; where it is a JSON object or array its layout, the order of its
// members and the form of its numbers do not count.
func plainText(v catalog.Value, texts int) catalog.Value {
	text, _ := catalog.Text(v)
	inner := catalog.Value(text)
	if kind := inner.Kind(); texts == textDepth || kind != '{' && kind != '[' || !inner.IsValid() {
		return v
	}
	canonical := catalog.Canonicalizer{MaxDepth: likenessDepth}
	form, err := canonical.Append(nil, inner)
	if err != nil {
		return v
	}
	return catalog.String(string(plainInText(form, texts+1)))
}

// plainInText is a canonical value that stands in a text: only the texts in it change.
func plainInText(v catalog.Value, texts int) catalog.Value {
	switch v.Kind() {
	case '"':
		return plainText(v, texts)
	case '{':
		members := map[string]catalog.Value{}
		for name, span := range catalog.Members(v) {
			members[name] = plainInText(span.Of(v), texts)
		}
		return catalog.Object(members)
	case '[':
		return list(v, func(element catalog.Value) catalog.Value { return plainInText(element, texts) })
	}
	return v
}

// list is a list with each element in another form; nil is null.
func list(v catalog.Value, form func(catalog.Value) catalog.Value) catalog.Value {
	out := catalog.Value("[")
	for i, span := range catalog.Elements(v) {
		if i > 0 {
			out = append(out, ',')
		}
		element := form(span.Of(v))
		if element == nil {
			element = catalog.Value("null")
		}
		out = append(out, element...)
	}
	return slices.Clip(append(out, ']'))
}
