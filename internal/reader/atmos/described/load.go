package described

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/go-json-experiment/json/jsontext"
)

// ErrFormat is the error for a text that [Save] has not written, or that a later one
// has.
var ErrFormat = errors.New("not a snapshot of this format")

// Load yields the components that [Save] wrote, one at a time; each may be kept. An
// error ends them: [ErrFormat], or that of r. The sequence can be run once.
func Load(r io.Reader) iter.Seq2[Component, error] {
	return func(yield func(Component, error) bool) {
		lines, err := openLines(r)
		if err != nil {
			yield(Component{}, err)
			return
		}
		for lines.Scan() {
			c, err := decodeLine(lines.Bytes())
			if !yield(c, err) || err != nil {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(Component{}, lineError(err))
		}
	}
}

// openLines reads the header and leaves the lines after it.
func openLines(r io.Reader) (*bufio.Scanner, error) {
	z, err := gzip.NewReader(r)
	if errors.Is(err, gzip.ErrHeader) || errors.Is(err, io.EOF) {
		return nil, ErrFormat
	}
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(make([]byte, 0, 64<<10), MaxLineBytes)
	lines.Split(wholeLines)
	if !lines.Scan() {
		if err := lines.Err(); err != nil {
			return nil, lineError(err)
		}
		return nil, ErrFormat
	}
	if lines.Text() != fmt.Sprintf(`{"format":%d}`, format) {
		return nil, ErrFormat
	}
	return lines, nil
}

// wholeLines splits at line breaks; what has none at the end was cut off.
func wholeLines(data []byte, atEnd bool) (advance int, line []byte, err error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEnd && len(data) > 0 {
		return 0, nil, ErrFormat
	}
	return 0, nil, nil
}

func lineError(err error) error {
	if errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("%w: a line of more than %d bytes", ErrFormat, MaxLineBytes)
	}
	return err
}

// decodeLine reads one component into memory of its own.
func decodeLine(line []byte) (Component, error) {
	var c Component
	d := jsontext.NewDecoder(bytes.NewBuffer(line), verbatim...)
	if token, err := d.ReadToken(); err != nil || token.Kind() != '{' {
		return Component{}, ErrFormat
	}
	for d.PeekKind() == '"' {
		token, err := d.ReadToken()
		if err != nil {
			return Component{}, ErrFormat
		}
		name := token.String() // the token is gone with the next read
		v, err := d.ReadValue()
		if err != nil {
			return Component{}, ErrFormat
		}
		if err := c.set(name, v); err != nil {
			return Component{}, err
		}
	}
	if _, err := d.ReadToken(); err != nil || c.Section == nil {
		return Component{}, ErrFormat
	}
	return c, nil
}

// set takes a member of a line.
func (c *Component) set(name string, v jsontext.Value) (err error) {
	switch name {
	case "stack":
		c.Stack, err = text(v)
	case "type":
		c.Type, err = text(v)
	case "name":
		c.Name, err = text(v)
	case "section":
		c.Section, err = object(v)
	case "unprocessed":
		c.Unprocessed, err = object(v)
	}
	return err
}

func text(v jsontext.Value) (string, error) {
	unquoted, err := jsontext.AppendUnquote(nil, v)
	if err != nil {
		return "", ErrFormat
	}
	return string(unquoted), nil
}

func object(v jsontext.Value) (jsontext.Value, error) {
	if v.Kind() != '{' {
		return nil, ErrFormat
	}
	return v.Clone(), nil
}
