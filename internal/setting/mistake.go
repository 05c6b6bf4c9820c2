package setting

import (
	"fmt"
	"strings"
)

// Error tells every mistake of the settings, in the order of the table.
type Error struct{ Mistakes []Mistake }

// Mistake is what is wrong with one setting.
type Mistake struct {
	Name   string // of the setting
	Reason string // never the value of a secret
}

func (e *Error) add(setting Setting, reason string) {
	e.Mistakes = append(e.Mistakes, Mistake{Name: setting.Name, Reason: reason})
}

func (e *Error) Error() string {
	if len(e.Mistakes) == 1 {
		return "setting " + e.Mistakes[0].String()
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%d settings are wrong:", len(e.Mistakes))
	for _, mistake := range e.Mistakes {
		text.WriteString("\n  " + mistake.String())
	}
	return text.String()
}

func (m Mistake) String() string {
	if strings.HasPrefix(m.Reason, "is required") {
		return m.Name + " " + m.Reason
	}
	return m.Name + ": " + m.Reason
}
