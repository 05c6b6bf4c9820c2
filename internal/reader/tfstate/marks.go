package tfstate

import "github.com/go-json-experiment/json/jsontext"

// marks are what a document's top level has of a state beside a version, which stack
// exports, dashboards and source maps have as well.
type marks struct {
	// decisive: something that only a state has.
	decisive bool
	// fields counts the format's other fields that are of their kind, foreign the
	// names that the format does not have.
	fields, foreign int
}

// makeState: a field that no other format has; or some of the state's fields, two of
// them where there are fields that are not of a state.
func (m marks) makeState() bool {
	return m.decisive || m.fields > 1 || m.fields == 1 && m.foreign == 0
}

// note takes a field of the top level, by the kind of its value. Source: the statefile
// that Terraform writes, which has all of them; null is what an empty list may be.
func (m *marks) note(name string, kind jsontext.Kind) {
	isOf := func(want jsontext.Kind) bool { return kind == want || kind == jsontext.KindNull }
	switch name {
	case "lineage", "terraform_version":
		m.decisive = m.decisive || kind == jsontext.KindString
	case "serial":
		m.count(kind == jsontext.KindNumber)
	case "resources", "modules", "check_results":
		m.count(isOf(jsontext.KindBeginArray))
	case "outputs":
		m.count(isOf(jsontext.KindBeginObject))
	case "version", "backend", "remote":
	default:
		m.foreign++
	}
}

func (m *marks) count(is bool) {
	if is {
		m.fields++
	}
}
