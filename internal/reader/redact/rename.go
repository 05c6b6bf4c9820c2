package redact

import (
	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/catalog"
)

// renamed is an object whose properties have a mask for each name that holds a known
// secret or is the mark of one.
func (r *Redactor) renamed(o Object) Object {
	out := []byte("{")
	var secret, presumed []catalog.Span
	for quoted, span := range catalog.QuotedMembers(o.Raw) {
		if len(out) > 1 {
			out = append(out, ',')
		}
		name, _ := catalog.Text(quoted)
		if masked := r.Name(o.Entity, name); masked != name || name == catalog.SecretMember {
			quoted, _ = jsontext.AppendQuote(nil, r.keys.Mask(o.Entity, name))
		}
		out = append(append(out, quoted...), ':')
		by := len(out) - span.Start
		out = append(out, span.Of(o.Raw)...)
		secret = appendMoved(secret, o.Secret, span, by)
		presumed = appendMoved(presumed, o.Presumed, span, by)
	}
	o.Raw, o.Secret, o.Presumed = append(out, '}'), secret, presumed
	return o
}

// appendMoved appends those spans that lie within another, each moved by so many bytes.
func appendMoved(to, spans []catalog.Span, within catalog.Span, by int) []catalog.Span {
	for _, s := range spans {
		if s.Start >= within.Start && s.End <= within.End {
			to = append(to, catalog.Span{Start: s.Start + by, End: s.End + by})
		}
	}
	return to
}
