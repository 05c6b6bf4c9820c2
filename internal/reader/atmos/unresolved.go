package atmos

import (
	"cmp"
	"slices"
	"strings"

	"plumbline/internal/reader/atmos/described"
	"plumbline/internal/reader/redact"
)

// Unresolved is an expression that stands in a component's section unevaluated,
// because a reader must not or cannot evaluate it.
type Unresolved struct {
	// Path leads to the value, as a JSON Pointer into the section; list elements are
	// "-".
	Path string
	// Expression is the value as it stands.
	Expression string
	// Reason says why it was not evaluated.
	Reason string
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

func unresolvedAt(path []string, expression string, err error) Unresolved {
	var b strings.Builder
	for _, step := range path {
		b.WriteByte('/')
		if step == "[]" {
			step = "-"
		}
		b.WriteString(pointerEscape.Replace(step))
	}
	return Unresolved{Path: b.String(), Expression: expression, Reason: err.Error()}
}

// told is the expression, masked where it stands under a secret name and may hold the
// secret itself.
func (u Unresolved) told() string {
	if !isReference(u.Expression) && slices.ContainsFunc(strings.Split(u.Path, "/"), redact.IsSecretName) {
		return described.Masked
	}
	return u.Expression
}

// sortUnresolved also drops what stands twice: an element's path does not tell which.
func sortUnresolved(list []Unresolved) []Unresolved {
	slices.SortFunc(list, func(a, b Unresolved) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Expression, b.Expression))
	})
	return slices.Compact(list)
}
