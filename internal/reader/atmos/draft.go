package atmos

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/catalog"
	"plumbline/internal/reader/atmos/described"
	"plumbline/internal/reader/atmos/value"
	"plumbline/internal/reader/budget"
)

// draft is a declaration as text, before anything is hidden in it. A component's
// section is evaluated once and encoded once: the properties that it has as they are
// come from its text.
type draft struct {
	Declaration
	component *Component // nil of a stack
	tooLarge  bool       // nothing was encoded

	raw  []byte   // the properties, a JSON object
	own  []string // names of the properties that are not in the section
	rest []byte   // what the section does not tell: names, relationships, those properties

	section []byte // as printed, nil of a stack
	kept    []byte // with functions as they are, nil where it is the same
}

// draft evaluates one declaration; show is whether its section with functions as they
// are is asked for.
// It takes of the budget before it encodes, for as long as the span lasts.
func (r *reading) draft(it item, show bool, span *budget.Span) (*draft, error) {
	if it.component == nil {
		d := &draft{Declaration: r.resolved.stackDeclaration(it.stack)}
		d.scope(r)
		d.encode(nil, nil)
		return d, span.Hold(len(d.raw))
	}
	c := it.component
	if value.Size(c.section, maxSectionBytes) > maxSectionBytes { // before it costs anything
		d := &draft{Declaration: Declaration{Type: TypeComponent, Name: r.resolved.nameOf(c)}, component: c, tooLarge: true}
		d.scope(r)
		return d, span.Lap()
	}
	asked := c.evaluated(inquiry{left: new(maxAsked), span: span})
	written := asked
	if c.run.odd.Load() {
		written.Value = value.Plain(value.Texts(asked.Value)).(value.Map)
	}
	d := &draft{Declaration: r.resolved.declarationOf(c, written), component: c}
	d.scope(r)
	printed := c.printed(asked.Value)
	size := value.Size(printed, maxSectionBytes)
	if d.tooLarge = size > maxSectionBytes; d.tooLarge {
		return d, span.Lap()
	}
	if err := span.Hold(copies * size); err != nil {
		return nil, err
	}
	d.encode(printed, d.encodeSection(printed))
	if show && !c.run.estate.KeepFunctions && c.run.functions.Load() {
		other := c.printed(c.evaluatedKeeping(inquiry{left: new(maxAsked), span: span}, true).Value)
		size := value.Size(other, maxSectionBytes)
		if d.tooLarge = size > maxSectionBytes; d.tooLarge {
			return d, span.Lap()
		}
		if err := span.Hold(copies * size); err != nil {
			return nil, err
		}
		if d.kept = value.AppendJSON(nil, other, value.Compact); bytes.Equal(d.kept, d.section) {
			d.kept = nil
		}
	}
	return d, span.Lap()
}

// maxSectionBytes is how large a component's section may be as text: a line of the
// snapshot holds it twice. One that is larger is a failed declaration. copies is how
// often a section stands in memory while it is redacted.
const (
	maxSectionBytes = described.MaxLineBytes * 3 / 8
	copies          = 4
)

// scope puts its names below the document's scope.
func (d *draft) scope(r *reading) {
	d.Name = r.scoped(d.Name)
	for i := range d.Relationships {
		d.Relationships[i].To.Name = r.scoped(d.Relationships[i].To.Name)
	}
}

// encodeSection gives where each member stands in the section's text.
func (d *draft) encodeSection(section value.Map) map[string]catalog.Span {
	spans := make(map[string]catalog.Span, len(section))
	out := append(make([]byte, 0, 4096), '{')
	for _, name := range slices.Sorted(maps.Keys(section)) {
		out = appendName(out, name)
		start := len(out)
		out = value.AppendJSON(out, section[name], value.Compact)
		spans[name] = catalog.Span{Start: start, End: len(out)}
	}
	d.section = append(out, '}')
	return spans
}

// encode writes the properties, and the rest.
func (d *draft) encode(section value.Map, spans map[string]catalog.Span) {
	d.rest = appendText(appendText(d.rest, d.Type), d.Name)
	for _, r := range d.Relationships {
		d.rest = appendText(appendText(d.rest, r.Type), r.To.Name)
	}
	out := append(make([]byte, 0, len(d.section)+2048), '{')
	for _, name := range slices.Sorted(maps.Keys(d.Properties)) {
		out = appendName(out, name)
		d.rest = appendText(d.rest, name)
		key := strings.TrimPrefix(name, "section.")
		if span, ok := spans[key]; ok && isSame(d.Properties[name], section[key]) {
			out = append(out, d.section[span.Start:span.End]...)
			continue
		}
		start := len(out)
		out = value.AppendJSON(out, d.Properties[name], value.Compact)
		d.rest = append(append(d.rest, ':'), out[start:]...)
		d.own = append(d.own, name)
	}
	d.raw = append(out, '}')
}

// appendName begins a member of an object.
func appendName(out []byte, name string) []byte {
	if out[len(out)-1] != '{' {
		out = append(out, ',')
	}
	out, _ = jsontext.AppendQuote(out, name) // what is not UTF-8 is replaced
	return append(out, ':')
}

func appendText(out []byte, text string) []byte {
	out, _ = jsontext.AppendQuote(append(out, ','), text)
	return out
}

// isSame reports whether two values are known to be one: a map or list is the same in
// memory.
func isSame(a, b any) bool {
	switch a := a.(type) {
	case string:
		return a == b
	case bool:
		return a == b
	case value.Map:
		other, ok := b.(value.Map)
		return ok && reflect.ValueOf(a).Pointer() == reflect.ValueOf(other).Pointer()
	case []any:
		other, ok := b.([]any)
		return ok && len(a) == len(other) && len(a) > 0 && &a[0] == &other[0]
	}
	return false
}

// key is the SHA-256 of all that a component's verdict depends on; under says for whom
// and under which keys.
func (d *draft) key(under []byte) (key [32]byte) {
	h := sha256.New()
	for _, part := range [][]byte{under, d.rest, d.section, d.kept} {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		h.Write(length[:])
		h.Write(part)
	}
	h.Sum(key[:0])
	return key
}
