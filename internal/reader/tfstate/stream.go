package tfstate

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
)

// stream is a decoder over a document whose memory is bounded: however much the
// decoder would buffer to complete one value, it is given no more than the limit.
type stream struct {
	*jsontext.Decoder
	uri   string
	limit int64
	meter *meter
	close io.Closer
	// skipped is what stands before the JSON text: a byte order mark.
	skipped int64
	texts   map[string]string // see interned
	frames  []frame           // of the objects that it is in
	// begins are the document's first bytes, fewer where it is shorter.
	begins []byte
}

const byteOrderMark = "\xef\xbb\xbf"

// openStream opens the document and looks at how it begins.
func openStream(ctx context.Context, doc reader.Document, limit int64) (*stream, error) {
	body, err := doc.Open(ctx)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", doc.URI, err)
	}
	buffered := bufio.NewReaderSize(body, 64<<10)
	begins, err := buffered.Peek(8)
	if err != nil && err != io.EOF {
		return nil, errors.Join(fmt.Errorf("read %s: %w", doc.URI, err), body.Close())
	}
	s := &stream{uri: doc.URI, limit: limit, close: body, begins: bytes.Clone(begins), texts: map[string]string{}}
	if bytes.HasPrefix(begins, []byte(byteOrderMark)) {
		n, _ := buffered.Discard(len(byteOrderMark)) // peeked at just now
		s.skipped = int64(n)
	}
	s.meter = &meter{ctx: ctx, from: buffered, limit: limit}
	s.Decoder = jsontext.NewDecoder(s.meter, jsontext.AllowDuplicateNames(true)) // see frame
	s.meter.consumed = s.Decoder.InputOffset
	return s, nil
}

func (s *stream) Close() error { return s.close.Close() }

// meter hands bytes to a decoder as long as what it has not consumed stays in bounds.
type meter struct {
	ctx      context.Context
	from     io.Reader
	limit    int64
	supplied int64
	consumed func() int64
	err      error // what ended it, save for the end of the document
}

var errValueTooBig = errors.New("value too big")

func (m *meter) Read(p []byte) (int, error) {
	if m.err == nil {
		m.err = m.ctx.Err()
	}
	if m.err == nil && m.supplied-m.consumed() > m.limit {
		m.err = errValueTooBig
	}
	if m.err != nil {
		return 0, m.err
	}
	n, err := m.from.Read(p)
	m.supplied += int64(n)
	if err != nil && err != io.EOF {
		m.err = err
	}
	return n, err
}

// here is the place that the decoder has come to.
func (s *stream) here(reason string) reader.Problem {
	return reader.Problem{
		Path:   safePointer(string(s.StackPointer())),
		Offset: s.skipped + s.InputOffset(),
		Reason: reason,
	}
}

// broken turns an error of the decoder into what is wrong with the document. An error
// of reading it, or of the context, is not the document's: ok is false.
func (s *stream) broken(err error) (problem reader.Problem, ok bool) {
	if errors.Is(s.meter.err, errValueTooBig) {
		return s.here(fmt.Sprintf("one value is larger than the limit of %d bytes", s.limit)), true
	}
	if s.meter.err != nil {
		return reader.Problem{}, false
	}
	var syntactic *jsontext.SyntacticError
	if !errors.As(err, &syntactic) {
		return s.here("the document ends too early"), true
	}
	return reader.Problem{
		Path:   safePointer(string(syntactic.JSONPointer)),
		Offset: s.skipped + syntactic.ByteOffset,
		Reason: syntaxReason(syntactic.Err),
	}, true
}

// syntaxReason says in words of our own what the decoder found, whose own words quote
// the document.
func syntaxReason(err error) string {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return "the document ends too early"
	case errors.Is(err, jsontext.ErrDuplicateName):
		return "a member name stands twice in one object"
	case errors.Is(err, jsontext.ErrNonStringName):
		return "a member name is not a string"
	case err != nil && strings.Contains(err.Error(), "UTF-8"):
		return "invalid UTF-8"
	case err != nil && strings.Contains(err.Error(), "depth"):
		return "nested too deep"
	}
	return "invalid JSON"
}

// structure are the names that a pointer in an error may hold: those of the format.
// Every other name is the document's own, may be a secret, and ends the pointer.
var structure = nameSet(`resources instances attributes attributes_flat sensitive_attributes identity
	index_key deposed status private dependencies depends_on provider module mode type name each outputs check_results
	modules path primary meta tainted version terraform_version serial lineage encryption_version format_version
	objects failure_messages schema_version id`)

func nameSet(names string) map[string]bool {
	set := map[string]bool{}
	for _, name := range strings.Fields(names) {
		set[name] = true
	}
	return set
}

// safePointer cuts a JSON Pointer before the first name that is not the format's.
func safePointer(pointer string) string {
	end := 0
	for end < len(pointer) {
		next := strings.IndexByte(pointer[end+1:], '/')
		token := pointer[end+1:]
		if next >= 0 {
			token = token[:next]
		}
		if !structure[token] && strings.Trim(token, "0123456789") != "" {
			break
		}
		end += 1 + len(token)
		if strings.HasPrefix(token, "attributes") || token == "identity" {
			break
		}
	}
	return pointer[:end]
}

// name reads a member's name. One that stands twice in its object breaks the document.
func (s *stream) name() (string, error) {
	v, err := s.ReadValue()
	if err != nil {
		return "", err
	}
	name := s.interned(v)
	if s.frames[len(s.frames)-1].repeats(name) {
		return "", &jsontext.SyntacticError{ByteOffset: s.InputOffset(), JSONPointer: s.StackPointer(), Err: jsontext.ErrDuplicateName}
	}
	return name, nil
}

// interned gives the text of a JSON string. States repeat few texts very often (names
// of fields, types, providers, modules), so those met first are kept.
func (s *stream) interned(quoted jsontext.Value) string {
	if text, known := s.texts[string(quoted)]; known {
		return text
	}
	text, _ := catalog.Text(quoted)
	if len(s.texts) < maxInterned && len(quoted) < maxInternedBytes {
		s.texts[string(quoted)] = text
	}
	return text
}

const (
	maxInterned      = 512
	maxInternedBytes = 128
)

// copyValue appends the next value to dst, as it stands.
func (s *stream) copyValue(dst []byte) ([]byte, error) {
	v, err := s.ReadValue()
	return append(dst, v...), err
}

// text reads the next value as a string; ok is false when it is something else than
// a string or null.
func (s *stream) text() (text string, ok bool, err error) {
	v, err := s.ReadValue()
	if err != nil {
		return "", false, err
	}
	if v.Kind() == jsontext.KindNull {
		return "", true, nil
	}
	if v.Kind() != jsontext.KindString {
		return "", false, nil
	}
	return s.interned(v), true, nil
}

// enter reads the delimiter that opens an object or array. Where the next value is
// of another kind it is skipped, and entered is false.
func (s *stream) enter(kind jsontext.Kind) (entered bool, err error) {
	if s.PeekKind() == kind {
		_, err = s.ReadToken()
		return true, err
	}
	return false, s.SkipValue()
}

// within calls item for each member's name or element until the object or array that
// was entered ends, and reads past its end.
func (s *stream) within(item func() error) error {
	if len(s.frames) < cap(s.frames) {
		s.frames = s.frames[:len(s.frames)+1]
		s.frames[len(s.frames)-1].reset()
	} else {
		s.frames = append(s.frames, frame{})
	}
	err := s.each(item)
	s.frames = s.frames[:len(s.frames)-1]
	return err
}

func (s *stream) each(item func() error) error {
	for {
		switch s.PeekKind() {
		case jsontext.KindEndObject, jsontext.KindEndArray:
			_, err := s.ReadToken()
			return err
		case jsontext.KindInvalid:
			_, err := s.ReadToken()
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		if err := item(); err != nil {
			return err
		}
	}
}
