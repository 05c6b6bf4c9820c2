package described

import (
	"bytes"
	"fmt"
	"io"
	"iter"

	"github.com/go-json-experiment/json/jsontext"
)

// The snapshot's form, compressed:
//
//	{"format":1}
//	{"stack":"dev","type":"terraform","name":"vpc","section":{..},"unprocessed":{..}}
//	..
//
// in members of gzip one after another, which are read as one, each of whole lines;
// one line a component; unprocessed is left out where it is nil.
const format = 1

// MaxLineBytes is how long a component's line may be: a manifest has at most 8 MiB, and
// a component is merged from a few.
const MaxLineBytes = 64 << 20

// blockBytes is how much text [Save] compresses at a time.
const blockBytes = 512 << 10

// Save writes components in the snapshot's form. They come sorted by stack, type and
// name; one out of order, and one whose line is longer than [MaxLineBytes], is an error.
// Other errors are those of w and of the components, as they are.
func Save(w io.Writer, components iter.Seq2[Component, error]) error {
	var packer Packer
	if _, err := w.Write(packer.Header()); err != nil {
		return err
	}
	var lines []byte
	flush := func() error {
		_, err := w.Write(packer.Pack(lines))
		lines = lines[:0]
		return err
	}
	err := inOrder(components, func(c *Component) (err error) {
		if lines, err = AppendLine(lines, c); err != nil || len(lines) < blockBytes {
			return err
		}
		return flush()
	})
	if err != nil || len(lines) == 0 {
		return err
	}
	return flush()
}

// AppendLine appends a component's line, for [Packer.Pack]. What is written with it is
// to be sorted by stack, type and name. The error names the component.
func AppendLine(line []byte, c *Component) (_ []byte, err error) {
	start := len(line)
	for _, field := range []struct{ before, text string }{{`{"stack":`, c.Stack}, {`,"type":`, c.Type}, {`,"name":`, c.Name}} {
		line, _ = jsontext.AppendQuote(append(line, field.before...), field.text) // what is not UTF-8 is replaced
	}
	if line, err = appendCompact(append(line, `,"section":`...), c.Section); err != nil {
		return nil, fmt.Errorf("section of %s/%s/%s: %w", c.Stack, c.Type, c.Name, err)
	}
	if c.Unprocessed != nil {
		if line, err = appendCompact(append(line, `,"unprocessed":`...), c.Unprocessed); err != nil {
			return nil, fmt.Errorf("section of %s/%s/%s: %w", c.Stack, c.Type, c.Name, err)
		}
	}
	if line = append(line, '}', '\n'); len(line)-start > MaxLineBytes {
		return nil, fmt.Errorf("component %s/%s/%s has more than %d bytes", c.Stack, c.Type, c.Name, MaxLineBytes)
	}
	return line, nil
}

// appendCompact appends a value on one line; one without a line break is as it is.
func appendCompact(line []byte, v jsontext.Value) ([]byte, error) {
	if len(v) == 0 {
		return nil, fmt.Errorf("no value")
	}
	if bytes.IndexByte(v, '\n') < 0 {
		return append(line, v...), nil
	}
	return jsontext.AppendFormat(line, v, verbatim...)
}

// verbatim leaves texts and numbers as they are. Names that stand twice are not looked
// for: who made the section has done so.
var verbatim = []jsontext.Options{jsontext.PreserveRawStrings(true), jsontext.AllowDuplicateNames(true)}
