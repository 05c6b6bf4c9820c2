package httpapi

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/reader/items"
)

// tree reads the JSON values of a body as huma looks at them, which is as a tree of Go
// values: thirty times the size of a text like [{},{},..]. So values are counted while
// they are read, and the arrays that are handed on as they came are read over.
type tree struct {
	arrays []string // JSON Pointers to members of the body
	values int
}

// maxTreeValues is how many values a body may have outside of its arrays; its largest part,
// an entity type, has 256 KB.
const maxTreeValues = 100_000

// limitError says which limit of a body a value passes, or that an array holds other
// things than objects.
type limitError string

func (e limitError) Error() string { return string(e) }

// value reads one value, or leaves it to the default way.
func (t *tree) value(decoder *jsontext.Decoder, v *any) error {
	if t.values++; t.values > maxTreeValues {
		return limitError(fmt.Sprintf("the body has more than %d values", maxTreeValues))
	}
	switch kind := decoder.PeekKind(); {
	case kind == '0':
		return readNumber(decoder, v)
	// A pointer is as long as the value is deep: only the body's own members have one.
	case kind == '[' && decoder.StackDepth() == 1 && slices.Contains(t.arrays, string(decoder.StackPointer())):
		*v = []any{}
		return readOver(decoder)
	}
	return errors.ErrUnsupported
}

// readNumber keeps a number that no float holds from being an error: what is handed on
// is the text (see [rawArray]).
func readNumber(decoder *jsontext.Decoder, v *any) error {
	text, err := decoder.ReadValue()
	if err != nil {
		return err
	}
	*v, _ = strconv.ParseFloat(string(text), 64) // out of range: infinite
	return nil
}

// readOver reads an array of at most [items.MaxItems] objects.
func readOver(decoder *jsontext.Decoder) error {
	if _, err := decoder.ReadToken(); err != nil {
		return err
	}
	for n := 0; decoder.PeekKind() != ']'; n++ {
		switch decoder.PeekKind() {
		case '{':
		case 'n', 't', 'f', '"', '0', '[':
			return limitError(fmt.Sprintf("[%d]: expected object", n))
		default: // the next read tells what is wrong
		}
		if n == items.MaxItems {
			return limitError(fmt.Sprintf("expected array length <= %d", items.MaxItems))
		}
		if err := decoder.SkipValue(); err != nil {
			return err
		}
	}
	_, err := decoder.ReadToken()
	return err
}
