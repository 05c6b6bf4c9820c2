package sandbox

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"plumbline/internal/reader/budget"
)

var undefined = regexp.MustCompile(`function "([^"]*)" not defined`)

// syntax are the faults of a template as the engine begins to tell them; what follows
// quotes the template.
var syntax = []string{
	"unclosed action", "unclosed comment", "unclosed left paren", "unterminated quoted string", "unterminated raw quoted string",
	"unterminated character constant", "undefined variable", "missing value", "bad number syntax", "bad character", "non executable command",
	"unexpected EOF", "unexpected {{end}}", "unexpected {{else}}", "unexpected", "range can only initialize variables", "empty command",
	"wrong number of args", "can't",
}

// parseError tells what is wrong with a template without quoting it: a text in it may
// be a secret.
func parseError(err error) error {
	text := err.Error()
	if m := undefined.FindStringSubmatch(text); m != nil {
		return &UnknownFunctionError{m[1]}
	}
	_, text, _ = strings.Cut(strings.TrimPrefix(text, "template: "), ": ")
	for _, known := range syntax {
		if strings.HasPrefix(text, known) {
			return errors.New("template: syntax error, " + known)
		}
	}
	return errors.New("template: syntax error")
}

var (
	position = regexp.MustCompile(`at <([^>]{1,80})>`)
	// field is what of a position quotes no text: names of fields and variables.
	field = regexp.MustCompile(`^[$.][\w.$]*$`)
)

// executeError tells what could not be evaluated, without the values it was tried on
// and the texts it is made of.
func executeError(err error) error {
	var own *ownError
	if errors.As(err, &own) {
		return own
	}
	var spent *budget.ExceededError
	if errors.As(err, &spent) {
		return spent
	}
	if errors.Is(err, ErrLimit) {
		return innermost(err)
	}
	if m := position.FindStringSubmatch(err.Error()); m != nil && field.MatchString(m[1]) {
		return fmt.Errorf("template: <%s> cannot be evaluated", m[1])
	}
	return errors.New("template cannot be evaluated")
}

// innermost is an [ErrLimit] without the call that ran into it, which the engine
// quotes.
func innermost(err error) error {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		if strings.HasPrefix(inner.Error(), ErrLimit.Error()) {
			return inner
		}
	}
	return ErrLimit
}
