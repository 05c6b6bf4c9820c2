package atmos

import (
	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/catalog"
	"plumbline/internal/reader/atmos/described"
)

// secretSpans appends where those values stand in a JSON text that a redactor replaced
// when it made hidden of it.
func secretSpans(spans []catalog.Span, raw []byte, at catalog.Span, hidden catalog.Value) []catalog.Span {
	switch text := at.Of(raw); {
	case !catalog.HasSecret(hidden):
		return spans
	case catalog.IsSecret(hidden) || text.Kind() != hidden.Kind():
		return append(spans, at)
	case text.Kind() == jsontext.KindBeginObject:
		return secretMembers(spans, raw, at, hidden)
	default:
		var replaced []catalog.Value
		for _, span := range catalog.Elements(hidden) {
			replaced = append(replaced, span.Of(hidden))
		}
		for i, span := range catalog.Elements(text) {
			spans = secretSpans(spans, raw, shifted(span, at), replaced[i])
		}
		return spans
	}
}

func secretMembers(spans []catalog.Span, raw []byte, at catalog.Span, hidden catalog.Value) []catalog.Span {
	replaced := map[string]catalog.Value{}
	for name, span := range catalog.Members(hidden) {
		if v := span.Of(hidden); catalog.HasSecret(v) {
			replaced[name] = v
		}
	}
	kept := map[string]bool{}
	for name := range catalog.Members(hidden) {
		kept[name] = true
	}
	object := at.Of(raw)
	for quoted, span := range catalog.QuotedMembers(object) {
		name, _ := catalog.Text(quoted)
		switch v, ok := replaced[name]; {
		case ok:
			spans = secretSpans(spans, raw, shifted(span, at), v)
		case !kept[name]:
			start := cap(object) - cap(quoted) // a name that is masked itself
			spans = append(spans, shifted(catalog.Span{Start: start, End: start + len(quoted)}, at), shifted(span, at))
		}
	}
	return spans
}

func shifted(span, by catalog.Span) catalog.Span {
	return catalog.Span{Start: span.Start + by.Start, End: span.End + by.Start}
}

// masked is a text with [described.Masked] at each span; the text itself where there
// is none.
func masked(raw []byte, spans []catalog.Span) jsontext.Value {
	if len(spans) == 0 {
		return raw
	}
	out := make([]byte, 0, len(raw))
	from := 0
	for _, span := range spans {
		out = append(append(out, raw[from:span.Start]...), `"`+described.Masked+`"`...)
		from = span.End
	}
	return append(out, raw[from:]...)
}
