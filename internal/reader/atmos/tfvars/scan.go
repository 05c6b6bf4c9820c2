package tfvars

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

type scanner struct {
	text string
	at   int
}

func (s *scanner) looking(text string) bool { return strings.HasPrefix(s.text[s.at:], text) }

func (s *scanner) take(text string) bool {
	if !s.looking(text) {
		return false
	}
	s.at += len(text)
	return true
}

// space goes on past blanks and comments; past the ends of lines where lines is set.
func (s *scanner) space(lines bool) {
	for s.at < len(s.text) {
		c := s.text[s.at]
		switch {
		case c == ' ' || c == '\t' || lines && c == '\n':
			s.at++
		case c == '#' || s.looking("//"):
			if end := strings.IndexByte(s.text[s.at:], '\n'); end >= 0 {
				s.at += end
			} else {
				s.at = len(s.text)
			}
		case s.looking("/*"):
			end := strings.Index(s.text[s.at:], "*/")
			if end < 0 {
				s.at = len(s.text)
				return
			}
			s.at += end + 2
		default:
			return
		}
	}
}

// name reads an identifier: letters and digits of any script, underscores, hyphens.
func (s *scanner) name() string {
	start := s.at
	for s.at < len(s.text) {
		r, size := utf8.DecodeRuneInString(s.text[s.at:])
		if r != '_' && !unicode.IsLetter(r) && (s.at == start || r != '-' && !unicode.IsDigit(r)) {
			break
		}
		s.at += size
	}
	return s.text[start:s.at]
}

var numeral = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?`)

func (s *scanner) number() (any, bool) {
	text := numeral.FindString(s.text[s.at:min(len(s.text), s.at+400)])
	if text == "" {
		return nil, false
	}
	s.at += len(text)
	if n, err := strconv.Atoi(text); err == nil {
		return n, true
	}
	if n, err := strconv.ParseUint(text, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil
}

// quoted reads a text in quotes. One that holds a template is no constant; `$${` and
// `%%{` stand for the beginning of one.
func (s *scanner) quoted() (string, error) {
	s.at++
	var b strings.Builder
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == '"':
			s.at++
			return b.String(), nil
		case c == '\n' || s.looking("${") || s.looking("%{"):
			return "", ErrNotConstant
		case s.looking("$${") || s.looking("%%{"):
			b.WriteString(s.text[s.at+1 : s.at+3])
			s.at += 3
		case c == '\\':
			r, ok := s.escape()
			if !ok {
				return "", ErrNotConstant
			}
			b.WriteRune(r)
		default:
			b.WriteByte(c)
			s.at++
		}
	}
	return "", ErrNotConstant
}

func (s *scanner) escape() (rune, bool) {
	if s.at+1 >= len(s.text) {
		return 0, false
	}
	c := s.text[s.at+1]
	if i := strings.IndexByte(`nrt"\`, c); i >= 0 {
		s.at += 2
		return rune("\n\r\t\"\\"[i]), true
	}
	digits := map[byte]int{'u': 4, 'U': 8}[c]
	if digits == 0 || s.at+2+digits > len(s.text) {
		return 0, false
	}
	code, err := strconv.ParseUint(s.text[s.at+2:s.at+2+digits], 16, 32)
	if err != nil || code > unicode.MaxRune || !utf8.ValidRune(rune(code)) {
		return 0, false
	}
	s.at += 2 + digits
	return rune(code), true
}

var heredocStart = regexp.MustCompile(`^<<(-?)([\p{L}_][\p{L}\p{N}_-]*)\n`)

// heredoc reads lines up to the one that is the mark alone. With `<<-` they lose the
// blanks that all of them begin with.
func (s *scanner) heredoc() (string, error) {
	m := heredocStart.FindStringSubmatch(s.text[s.at:])
	if m == nil {
		return "", ErrNotConstant
	}
	s.at += len(m[0])
	var lines []string
	for s.at < len(s.text) {
		line, _, _ := strings.Cut(s.text[s.at:], "\n")
		if strings.TrimSpace(line) == m[2] {
			s.at += len(line) // the line's end parts it from what follows
			return heredocText(lines, m[1] == "-")
		}
		lines = append(lines, line)
		s.at = min(s.at+len(line)+1, len(s.text))
	}
	return "", ErrNotConstant
}

func heredocText(lines []string, flush bool) (string, error) {
	common := -1
	for _, line := range lines {
		if strings.Contains(strings.NewReplacer("$${", "", "%%{", "").Replace(line), "${") || strings.Contains(line, "%{") && !strings.Contains(line, "%%{") {
			return "", ErrNotConstant
		}
		blanks := len(line) - len(strings.TrimLeft(line, " "))
		if common < 0 || blanks < common {
			common = blanks
		}
	}
	var b strings.Builder
	for _, line := range lines {
		if flush {
			line = line[common:]
		}
		b.WriteString(strings.NewReplacer("$${", "${", "%%{", "%{").Replace(line))
		b.WriteByte('\n')
	}
	return b.String(), nil
}
