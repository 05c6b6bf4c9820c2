package httpscript

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// check holds one line against the last answer.
func (s *script) check(line string) error {
	subject, rest, _ := strings.Cut(line, " ")
	switch {
	case subject == "status":
		if want := strings.TrimSpace(rest); strconv.Itoa(s.last.status) != want {
			return fmt.Errorf("status %d, want %s", s.last.status, want)
		}
		return nil
	case subject == "header":
		name, check, _ := strings.Cut(rest, " ")
		return checkText(s.last.header.Get(name), check)
	case subject == "body":
		return checkText(string(s.last.body), rest)
	case strings.HasPrefix(subject, "$"):
		path, check := splitPath(line)
		return s.checkValue(path, check)
	}
	return errors.New("not a line of a script")
}

// checkText holds a text against "= text", "~ regexp", "!~ regexp" or "absent".
func checkText(got, check string) error {
	operator, want, _ := strings.Cut(check, " ")
	switch operator {
	case "absent":
		if got != "" {
			return fmt.Errorf("is %q, want none", got)
		}
		return nil
	case "=":
		if got != want {
			return fmt.Errorf("is %q, want %q", got, want)
		}
		return nil
	case "~", "!~":
		pattern, err := regexp.Compile(want)
		if err != nil {
			return err
		}
		if pattern.MatchString(got) != (operator == "~") {
			return fmt.Errorf("%q %s %s does not hold", clip([]byte(got)), operator, want)
		}
		return nil
	}
	return fmt.Errorf("unknown check %q", check)
}

func (s *script) checkValue(path, check string) error {
	value, found, err := s.value(path)
	if err != nil {
		return err
	}
	operator, want, _ := strings.Cut(check, " ")
	switch {
	case operator == "absent":
		if found {
			return fmt.Errorf("%s is %s, want none", path, text(value))
		}
		return nil
	case !found:
		return fmt.Errorf("%s is absent", path)
	case operator == "=":
		return equal(value, want)
	case operator == "#":
		if got := size(value); strconv.Itoa(got) != want {
			return fmt.Errorf("%s has %d members, want %s", path, got, want)
		}
		return nil
	}
	return checkText(text(value), check)
}

// equal compares JSON values, whatever the order of members.
func equal(got any, want string) error {
	expected, err := decode([]byte(want))
	if err != nil {
		return fmt.Errorf("expected value: %w", err)
	}
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(expected)
	if !bytes.Equal(a, b) {
		return fmt.Errorf("is %s, want %s", clip(a), clip(b))
	}
	return nil
}

// size is how many members an array or object has, -1 for another value.
func size(value any) int {
	switch value := value.(type) {
	case []any:
		return len(value)
	case map[string]any:
		return len(value)
	}
	return -1
}

// text is a string's text, or another value's JSON.
func text(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	raw, _ := json.Marshal(value)
	return string(raw)
}

func decode(raw []byte) (any, error) {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	err := decoder.Decode(&value)
	return value, err
}

// save takes "name $.path" or "name header Name regexp".
func (s *script) save(rest string) error {
	name, from, _ := strings.Cut(rest, " ")
	if header, ok := strings.CutPrefix(from, "header "); ok {
		header, expression, _ := strings.Cut(header, " ")
		match := regexp.MustCompile(expression).FindStringSubmatch(s.last.header.Get(header))
		if len(match) < 2 {
			return fmt.Errorf("header %s is %q", header, s.last.header.Get(header))
		}
		s.saved[name] = match[1]
		return nil
	}
	value, found, err := s.value(from)
	if err == nil && !found {
		err = fmt.Errorf("%s is absent in %s", from, clip(s.last.body))
	}
	s.saved[name] = text(value)
	return err
}
