package catalog

import (
	"strconv"
	"strings"
)

// A Hook replaces values on their way to the canonical form. Offsets are into the
// text that is made canonical.
type Hook interface {
	// Replaces reports whether the value at that offset is replaced whole. The name
	// is the member's, as it is quoted in the text; nil for an array's element.
	// It is not asked about nulls.
	Replaces(path Path, name []byte, offset int) bool
	// ReplacesText does so for a string, quoted as in the text; for a member's name
	// it speaks of the object that has it.
	ReplacesText(quoted []byte, isName bool) bool
	// Replacement appends what stands for the canonical value.
	Replacement(dst []byte, path Path, canonical Value) []byte
}

// Path leads from the text's root to a value inside it. It is valid only during the
// call that it is given to.
type Path []Step

// Step is one step of a path: into the member of that (quoted) name, or where there
// is none, to the element of that index.
type Step struct {
	Name  []byte
	Index int
	// Start is where the object or array stands that the step goes into.
	Start int
}

// Pointer gives the path as a JSON Pointer (RFC 6901).
func (p Path) Pointer() string {
	var b strings.Builder
	for _, step := range p {
		b.WriteByte('/')
		if step.Name == nil {
			b.WriteString(strconv.Itoa(step.Index))
			continue
		}
		name, _ := Text(step.Name)
		b.WriteString(stepEscape.Replace(name))
	}
	return b.String()
}

// stepEscape escapes one step of a JSON Pointer.
var stepEscape = strings.NewReplacer("~", "~0", "/", "~1")
