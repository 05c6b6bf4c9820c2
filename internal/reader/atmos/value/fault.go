package value

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Fault is what is wrong with a text, and where. Line is 0 where it is not known.
type Fault struct {
	Line   int
	Reason string // quotes nothing of the text
}

func (f *Fault) Error() string {
	if f.Line > 0 {
		return fmt.Sprintf("line %d: %s", f.Line, f.Reason)
	}
	return f.Reason
}

var (
	lineOf        = regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)`)
	unknownAnchor = regexp.MustCompile(`(?s)^unknown anchor '(.*)' referenced$`)
	// quoting finds the errors of the parser that hold a piece of the text.
	quoting = regexp.MustCompile("['`\"]")
)

// syntaxFault tells an error of the parser without what it quotes.
func syntaxFault(text []byte, err error) error {
	m := lineOf.FindStringSubmatch(err.Error())
	if m == nil {
		return &Fault{Reason: "not valid YAML"}
	}
	line, _ := strconv.Atoi(m[1])
	if anchor := unknownAnchor.FindStringSubmatch(m[2]); anchor != nil {
		return &Fault{Line: lineWith(text, "*"+anchor[1]), Reason: "unknown anchor"}
	}
	if reason := knownQuotes.Replace(m[2]); !quoting.MatchString(reason) {
		return &Fault{Line: line, Reason: reason}
	}
	return &Fault{Line: line, Reason: "not valid YAML"}
}

// knownQuotes spells out the signs of YAML's grammar that the parser quotes.
var knownQuotes = strings.NewReplacer("'-' indicator", "hyphen", "',' or ']'", "comma or closing bracket", "',' or '}'", "comma or closing brace",
	"':'", "colon", "'%'", "percent sign", "'!'", "exclamation mark", "'>'", "greater-than sign")

// lineWith is the first line that holds a text, 0 where none does.
func lineWith(text []byte, part string) int {
	before, _, found := bytes.Cut(text, []byte(part))
	if !found {
		return 0
	}
	return 1 + bytes.Count(before, []byte("\n"))
}
