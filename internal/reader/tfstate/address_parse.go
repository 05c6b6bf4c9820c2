package tfstate

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ParseAddress reads what [Address.String] renders. Errors name the byte offset and
// never quote the text.
func ParseAddress(text string) (Address, error) {
	s := scanner{text: text}
	address, err := s.address()
	if err == nil && s.at < len(text) {
		err = errors.New("text after the address")
	}
	if err != nil {
		return Address{}, fmt.Errorf("parse address at byte %d: %w", s.at, err)
	}
	return address, nil
}

// ParseModule reads a module path as a state's resources[].module holds it; "" is the
// root module.
func ParseModule(text string) ([]ModuleStep, error) {
	if text == "" {
		return nil, nil
	}
	s := scanner{text: text}
	path, err := s.modulePath()
	if err == nil && s.at < len(text) {
		err = errors.New("text after the module path")
	}
	if err != nil {
		return nil, fmt.Errorf("parse module path at byte %d: %w", s.at, err)
	}
	return path, nil
}

// scanner reads an address from left to right: a key may hold dots, brackets and
// quotes, so an address cannot be split.
type scanner struct {
	text string
	at   int
}

func (s *scanner) address() (Address, error) {
	var a Address
	var err error
	if s.looking("module.") {
		if a.Module, err = s.modulePath(); err != nil {
			return a, err
		}
		if err := s.expect('.'); err != nil {
			return a, err
		}
	}
	if s.looking("data.") {
		a.Data, s.at = true, s.at+len("data.")
	}
	if a.Type, err = s.name(); err != nil {
		return a, err
	}
	if err := s.expect('.'); err != nil {
		return a, err
	}
	if a.Name, err = s.name(); err != nil {
		return a, err
	}
	a.Key, err = s.key()
	if err == nil {
		err = a.Validate()
	}
	return a, err
}

// maxModuleSteps is how deep modules may be nested: each is an entity, whose name holds
// those of all that it is in.
const maxModuleSteps = 100

// modulePath reads one step or more and stops before what does not start another.
func (s *scanner) modulePath() ([]ModuleStep, error) {
	var path []ModuleStep
	for {
		if len(path) == maxModuleSteps {
			return nil, fmt.Errorf("modules nested more than %d deep", maxModuleSteps)
		}
		if !s.looking("module.") {
			return nil, errors.New(`expected "module."`)
		}
		s.at += len("module.")
		name, err := s.name()
		if err != nil {
			return nil, err
		}
		key, err := s.key()
		if err != nil {
			return nil, err
		}
		path = append(path, ModuleStep{Name: name, Key: key})
		if !s.looking(".module.") {
			return path, nil
		}
		s.at++
	}
}

func (s *scanner) looking(text string) bool { return strings.HasPrefix(s.text[s.at:], text) }

func (s *scanner) expect(c byte) error {
	if s.at >= len(s.text) || s.text[s.at] != c {
		return fmt.Errorf("expected %q", c)
	}
	s.at++
	return nil
}

func (s *scanner) name() (string, error) {
	start := s.at
	for s.at < len(s.text) {
		r, size := utf8.DecodeRuneInString(s.text[s.at:])
		if !isNameRune(r) {
			break
		}
		s.at += size
	}
	if s.at == start {
		return "", errors.New("expected a name")
	}
	return s.text[start:s.at], nil
}

// key reads `[N]`, `["text"]` or nothing.
func (s *scanner) key() (Key, error) {
	if !s.looking("[") {
		return Key{}, nil
	}
	s.at++
	var key Key
	if s.looking(`"`) {
		text, err := s.quoted()
		if err != nil {
			return Key{}, err
		}
		key = StringKey(text)
	} else {
		number, err := s.number()
		if err != nil {
			return Key{}, err
		}
		key = NumberKey(number)
	}
	return key, s.expect(']')
}

func (s *scanner) number() (int64, error) {
	start := s.at
	for s.at < len(s.text) && s.text[s.at] >= '0' && s.text[s.at] <= '9' {
		s.at++
	}
	digits := s.text[start:s.at]
	number, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || len(digits) > 1 && digits[0] == '0' {
		return 0, errors.New("expected an index")
	}
	return number, nil
}

// quoted reads a string in HCL's quotes, the inverse of appendQuoted.
func (s *scanner) quoted() (string, error) {
	s.at++
	var b strings.Builder
	for s.at < len(s.text) {
		switch c := s.text[s.at]; c {
		case '"':
			s.at++
			return b.String(), nil
		case '\\':
			r, err := s.escape()
			if err != nil {
				return "", err
			}
			b.WriteRune(r)
		case '$', '%':
			if s.looking(string(c) + "{") {
				return "", errors.New("a template in a key")
			}
			b.WriteByte(c)
			s.at++
			if s.looking(string(c) + "{") {
				b.WriteByte('{')
				s.at += 2
			}
		default:
			r, size := utf8.DecodeRuneInString(s.text[s.at:])
			if r == utf8.RuneError && size == 1 || c < ' ' {
				return "", errors.New("a character that must be escaped")
			}
			b.WriteString(s.text[s.at : s.at+size])
			s.at += size
		}
	}
	return "", errors.New("a quote that does not end")
}

func (s *scanner) escape() (rune, error) {
	if s.at+1 >= len(s.text) {
		return 0, errors.New("an escape that does not end")
	}
	c := s.text[s.at+1]
	if i := strings.IndexByte(`nrt"\`, c); i >= 0 {
		s.at += 2
		return rune("\n\r\t\"\\"[i]), nil
	}
	digits := map[byte]int{'u': 4, 'U': 8}[c]
	if digits == 0 || s.at+2+digits > len(s.text) {
		return 0, errors.New("an unknown escape")
	}
	code, err := strconv.ParseUint(s.text[s.at+2:s.at+2+digits], 16, 32)
	if err != nil || code > math.MaxInt32 || !utf8.ValidRune(rune(code)) {
		return 0, errors.New("an escape that is no character")
	}
	s.at += 2 + digits
	return rune(code), nil
}
