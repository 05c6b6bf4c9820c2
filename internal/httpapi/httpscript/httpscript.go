// Package httpscript runs text scripts of HTTP requests and checks against an API: a
// handler in this process or a built binary, whatever answers requests.
//
// Its one invariant: a script says all that it relies on. It starts with an empty
// stack, and what is not checked is not assumed.
//
// A script is the comment of a txtar archive, line by line; the archive's files are
// bodies and objects. ${name} stands for what was saved.
//
//	# a comment
//	as writer                          from here on with the token of that name
//	do upload vpc.tfstate v1           something that the stack does, see [Stack]
//	POST /acme/shop/environments       a request; lines behind it, up to a blank one:
//	> Content-Type: text/plain           a header
//	< body.json                          the body is a file of the archive
//	<* 7000000                           the body is so many blanks
//	{"name": "prod"}                     any other line is of the body
//
//	status 201                         checks of the last answer
//	header Location = environments/prod
//	header X-Request-Id ~ ^[0-9a-f-]+$
//	body ~ regexp                      of the whole text; !~ for what must not match
//	$.name = "prod"                    a JSON value; $.a[0]["b c"].d is a path
//	$.createdAt ~ ^20                  the text of a value matches
//	$.items # 2                        how many members
//	$.patch absent
//	save id $.id                       ${id} is the text of the value
//	save next header Link <([^>]+)>    ${next} is what the first group matched
//	until 50 GET /path $.status = "x"  the request repeated until the check holds
//
// Start at [Run].
package httpscript

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// Stack is what a script runs against.
type Stack struct {
	// Send answers a request; its URL has a path and a query only.
	Send func(*http.Request) (*http.Response, error)
	// Token gives the value of the Authorization header for a name; "" for none.
	Token func(name string) (string, error)
	// Do does something beside the API: `do upload key file` gives ("upload", ["key",
	// "file"]). File reads a file of the archive.
	Do func(verb string, args []string, file func(name string) ([]byte, error)) error
}

// Run runs a script. Every failure names the line; a failed check does not end the
// script, a failed request does.
func Run(t *testing.T, archive *txtar.Archive, stack Stack) {
	t.Helper()
	s := &script{t: t, stack: stack, saved: map[string]string{}, files: map[string][]byte{}, token: "none"}
	for _, file := range archive.Files {
		s.files[file.Name] = file.Data
	}
	lines := strings.Split(string(archive.Comment), "\n")
	for s.line = 0; s.line < len(lines); s.line++ {
		if err := s.step(lines); err != nil {
			t.Fatalf("line %d: %s\n%v", s.line+1, lines[min(s.line, len(lines)-1)], err)
		}
	}
}

type script struct {
	t     *testing.T
	stack Stack
	saved map[string]string
	files map[string][]byte
	token string
	line  int
	last  answer
}

// answer is the last one.
type answer struct {
	status int
	header http.Header
	body   []byte
}

var request = regexp.MustCompile(`^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (\S+)$`)

func (s *script) step(lines []string) error {
	line, err := s.expand(strings.TrimSpace(lines[s.line]))
	verb, rest, _ := strings.Cut(line, " ")
	switch {
	case err != nil:
		return err
	case line == "", strings.HasPrefix(line, "#"):
		return nil
	case verb == "as":
		s.token = rest
		return nil
	case verb == "do":
		args := strings.Fields(rest)
		return s.stack.Do(args[0], args[1:], s.file)
	case verb == "save":
		return s.save(rest)
	case verb == "until":
		return s.until(rest)
	case request.MatchString(line):
		return s.request(lines, line)
	}
	if err := s.check(line); err != nil {
		s.t.Errorf("line %d: %s\n%v\nanswer: %d %s", s.line+1, line, err, s.last.status, clip(s.last.body))
	}
	return nil
}

func (s *script) file(name string) ([]byte, error) {
	if data, ok := s.files[name]; ok {
		return data, nil
	}
	return nil, fmt.Errorf("the script has no file %q", name)
}

// until repeats a GET until a check holds.
func (s *script) until(rest string) error {
	var tries int
	var method, target string
	if _, err := fmt.Sscan(rest, &tries, &method, &target); err != nil {
		return err
	}
	_, check, _ := strings.Cut(rest, target+" ")
	var err error
	for range tries {
		if err := s.send(method, target, http.Header{}, nil); err != nil {
			return err
		}
		if err = s.check(check); err == nil {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return fmt.Errorf("still: %w\nanswer: %d %s", err, s.last.status, clip(s.last.body))
}

var variable = regexp.MustCompile(`\$\{([A-Za-z0-9_]+)\}`)

func (s *script) expand(text string) (string, error) {
	var err error
	text = variable.ReplaceAllStringFunc(text, func(use string) string {
		value, ok := s.saved[use[2:len(use)-1]]
		if !ok {
			err = fmt.Errorf("%s was not saved", use)
		}
		return value
	})
	return text, err
}

func clip(body []byte) string {
	const most = 600
	if len(body) > most {
		return string(body[:most]) + "..."
	}
	return string(body)
}
