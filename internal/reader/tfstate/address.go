package tfstate

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Address is the address of a resource instance, e.g.
// `module.a["x.y"].data.aws_ami.c["$${z}"]`: module path, "data." for data sources,
// type, name and instance key. A deposed object has the address of its instance.
// Source: Terraform state v4, resources[].{module,mode,type,name} and
// instances[].index_key.
type Address struct {
	Module []ModuleStep
	Data   bool
	Type   string
	Name   string
	Key    Key
}

// ModuleStep is one module call on the way to a resource.
type ModuleStep struct {
	Name string
	Key  Key
}

// Key is an instance key: none (the zero value), a number from count, or a string
// from for_each. The number 0 and the string "0" are different keys.
type Key struct {
	kind   keyKind
	number int64
	text   string
}

type keyKind uint8

const (
	noKey keyKind = iota
	numberKey
	stringKey
)

// NumberKey is the key `[n]`; n is not negative.
func NumberKey(n int64) Key { return Key{kind: numberKey, number: n} }

// StringKey is the key `["text"]`.
func StringKey(text string) Key { return Key{kind: stringKey, text: text} }

// String renders the key as it stands in an address, "" for none.
func (k Key) String() string { return string(k.append(nil)) }

// String renders the address as Terraform prints it.
func (a Address) String() string {
	out := appendModule(make([]byte, 0, 64), a.Module)
	if len(a.Module) > 0 {
		out = append(out, '.')
	}
	if a.Data {
		out = append(out, "data."...)
	}
	out = append(out, a.Type...)
	out = append(out, '.')
	out = append(out, a.Name...)
	return string(a.Key.append(out))
}

// Config is the address of the resource's block in the configuration, without any
// instance key.
func (a Address) Config() Address {
	config := Address{Data: a.Data, Type: a.Type, Name: a.Name}
	for _, step := range a.Module {
		config.Module = append(config.Module, ModuleStep{Name: step.Name})
	}
	return config
}

// EntityType is the resource type, prefixed by "data." for a data source.
func (a Address) EntityType() string {
	if a.Data {
		return "data." + a.Type
	}
	return a.Type
}

// Validate reports the part that could not stand in an address.
func (a Address) Validate() error {
	for _, step := range a.Module {
		if !isName(step.Name) {
			return fmt.Errorf("module name of %d bytes is not an identifier", len(step.Name))
		}
	}
	if !isName(a.Type) || a.Type == "data" && !a.Data || a.Type == "module" && !a.Data {
		return fmt.Errorf("resource type of %d bytes is not an identifier", len(a.Type))
	}
	if !isName(a.Name) {
		return fmt.Errorf("resource name of %d bytes is not an identifier", len(a.Name))
	}
	return nil
}

// ModuleString renders a module path, "" for the root module.
func ModuleString(path []ModuleStep) string { return string(appendModule(nil, path)) }

func appendModule(out []byte, path []ModuleStep) []byte {
	for i, step := range path {
		if i > 0 {
			out = append(out, '.')
		}
		out = append(out, "module."...)
		out = append(out, step.Name...)
		out = step.Key.append(out)
	}
	return out
}

func (k Key) append(out []byte) []byte {
	switch k.kind {
	case numberKey:
		out = append(out, '[')
		out = strconv.AppendInt(out, k.number, 10)
		return append(out, ']')
	case stringKey:
		out = append(out, '[')
		out = appendQuoted(out, k.text)
		return append(out, ']')
	}
	return out
}

// appendQuoted writes a string as HCL quotes it: what is not printable by its code
// point, and the start of a template (`${`, `%{`) with its first sign doubled.
func appendQuoted(out []byte, text string) []byte {
	out = append(out, '"')
	for i, r := range text {
		switch {
		case r == '\n':
			out = append(out, `\n`...)
		case r == '\r':
			out = append(out, `\r`...)
		case r == '\t':
			out = append(out, `\t`...)
		case r == '"' || r == '\\':
			out = append(out, '\\', byte(r))
		case (r == '$' || r == '%') && strings.HasPrefix(text[i+1:], "{"):
			out = append(out, byte(r), byte(r))
		case unicode.IsPrint(r):
			out = utf8.AppendRune(out, r)
		case r < 0x10000:
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			out = fmt.Appendf(out, `\U%08x`, r)
		}
	}
	return append(out, '"')
}

// isName accepts HCL identifiers and, as states from before Terraform 0.12 hold them,
// names that start with a digit.
func isName(name string) bool {
	if name == "" || !utf8.ValidString(name) {
		return false
	}
	for _, r := range name {
		if !isNameRune(r) {
			return false
		}
	}
	return true
}

func isNameRune(r rune) bool {
	return r == '_' || r == '-' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}
