package catalog

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Problem is one fault of a declaration. Neither part quotes a value: it may be
// secret.
type Problem struct {
	// Field is the path to what is at fault, "properties[2].type"; "" is the
	// declaration itself.
	Field string
	// Reason says what is wrong with it, "must be a string".
	Reason string
}

func (p Problem) String() string {
	if p.Field == "" {
		return p.Reason
	}
	return p.Field + ": " + p.Reason
}

// Problems are the faults of one declaration, in the order of its fields.
type Problems []Problem

// Err is nil when there is no problem, else the problems as one error.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// Error lists the problems on one line.
func (p Problems) Error() string {
	var b strings.Builder
	for i, problem := range p {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(problem.String())
	}
	return b.String()
}

// At puts the problems below a field: "type" below "properties[2]" is
// "properties[2].type".
func (p Problems) At(field string) Problems {
	moved := make(Problems, 0, len(p))
	for _, problem := range p {
		moved = append(moved, Problem{below(field, problem.Field), problem.Reason})
	}
	return moved
}

// add notes one problem.
func (p *Problems) add(field, format string, args ...any) {
	*p = append(*p, Problem{field, fmt.Sprintf(format, args...)})
}

// check notes an error, if there is one, as a problem of the field.
func (p *Problems) check(field string, err error) {
	if err != nil {
		p.add(field, "%s", err)
	}
}

// below puts one path below another.
func below(field, inner string) string {
	if field == "" || inner == "" || inner[0] == '[' {
		return field + inner
	}
	return field + "." + inner
}

// fieldAt is the path of a list's member.
func fieldAt(field string, index int) string { return field + "[" + strconv.Itoa(index) + "]" }

// FieldOf is the path of an object's member. A name that does not read as one word
// is quoted, a long one is cut.
func FieldOf(field, name string) string {
	const longest = 64
	if len(name) > longest {
		cut := longest
		for !utf8.RuneStart(name[cut]) {
			cut--
		}
		name = name[:cut] + "..."
	}
	if strings.Trim(name, wordBytes) != "" || name == "" {
		return field + "[" + strconv.Quote(name) + "]"
	}
	return below(field, name)
}

const wordBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
