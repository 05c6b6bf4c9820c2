package httpapi

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const jsonType = "application/json"

// jsonFormat reads JSON strictly (a name twice, an unknown field, invalid UTF-8 are
// errors, in every case of letters) and writes it in one form.
var jsonFormat = huma.Format{Marshal: marshal, Unmarshal: unmarshal}

func marshal(w io.Writer, v any) error {
	body, err := encode(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(body, '\n'))
	return err
}

// encode writes a text that is not UTF-8, such as what an error quotes, with U+FFFD.
func encode(v any) ([]byte, error) {
	return json.Marshal(v, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
}

func unmarshal(data []byte, v any) error {
	err := json.Unmarshal(data, v, json.RejectUnknownMembers(true), json.WithUnmarshalers(anyNumbers))
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return fmt.Errorf("invalid JSON at byte %d, %q: %w", syntax.ByteOffset, syntax.JSONPointer, syntax.Err)
	}
	if wrong, ok := errors.AsType[*json.SemanticError](err); ok {
		reason := "has the wrong type"
		if errors.Is(wrong, json.ErrUnknownName) {
			reason = "unexpected property"
		}
		return fmt.Errorf("%s: %s", wrong.JSONPointer, reason)
	}
	return err
}

// anyNumbers keeps a number that no float holds from being an error where huma looks at
// the types of a body: what is handed on is the text (see [rawArray]).
var anyNumbers = json.UnmarshalFromFunc(func(decoder *jsontext.Decoder, v *any) error {
	if decoder.PeekKind() != '0' {
		return errors.ErrUnsupported // the default way
	}
	text, err := decoder.ReadValue()
	if err != nil {
		return err
	}
	*v, _ = strconv.ParseFloat(string(text), 64) // out of range: infinite
	return nil
})
