package items

import (
	"plumbline/internal/catalog"
	"plumbline/internal/reader/redact"
)

// secretSpans finds what is secret in a schema although its own name does not say so:
// default and enum of a property that is secret by name, and the value of a secret, of
// a caller who sends one. Sorted by start.
func secretSpans(kind catalog.Kind, flat catalog.Value) []catalog.Span {
	var spans []catalog.Span
	for name, span := range catalog.Members(flat) {
		switch {
		case kind == catalog.KindSecret && name == "value":
			spans = append(spans, span)
		case kind.IsSchema() && name == "properties":
			for _, property := range catalog.Elements(span.Of(flat)) {
				spans = append(spans, spansOfProperty(flat, moved(property, span.Start))...)
			}
		}
	}
	return spans
}

// spansOfProperty finds the secret values in the description of one property.
func spansOfProperty(flat catalog.Value, property catalog.Span) []catalog.Span {
	one := property.Of(flat)
	name, _ := catalog.Text(membersOf(one)["name"])
	if !redact.IsSecretName(name) {
		return nil
	}
	var spans []catalog.Span
	for field, span := range catalog.Members(one) {
		at := moved(span, property.Start)
		switch {
		case field == "default" && !redact.IsPlainUnderSecretName(at.Of(flat)):
			spans = append(spans, at)
		case field == "enum":
			for _, member := range catalog.Elements(at.Of(flat)) {
				spans = append(spans, moved(member, at.Start))
			}
		}
	}
	return spans
}

// moved gives a span of a part as a span of the whole.
func moved(span catalog.Span, by int) catalog.Span {
	return catalog.Span{Start: span.Start + by, End: span.End + by}
}
