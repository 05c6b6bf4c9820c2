package httpapi

import (
	"errors"
	"fmt"
	"io"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const jsonType = "application/json"

// formatOf reads JSON strictly (a name twice, an unknown field, invalid UTF-8 are
// errors, in every case of letters) and writes it in one form. The arrays are members
// of a body that are handed on as they came: see [tree].
func formatOf(arrays []string) huma.Format {
	return huma.Format{Marshal: marshal, Unmarshal: func(data []byte, v any) error { return unmarshal(data, v, arrays) }}
}

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

func unmarshal(data []byte, v any, arrays []string) error {
	read := &tree{arrays: arrays}
	err := json.Unmarshal(data, v, json.RejectUnknownMembers(true), json.WithUnmarshalers(json.UnmarshalFromFunc(read.value)))
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return fmt.Errorf("invalid JSON at byte %d, %q: %w", syntax.ByteOffset, syntax.JSONPointer, syntax.Err)
	}
	if wrong, ok := errors.AsType[*json.SemanticError](err); ok {
		return fmt.Errorf("%s: %s", wrong.JSONPointer, reasonOf(wrong))
	}
	return err
}

func reasonOf(wrong *json.SemanticError) string {
	if limit, ok := errors.AsType[limitError](wrong); ok {
		return string(limit)
	}
	if errors.Is(wrong, json.ErrUnknownName) {
		return "unexpected property"
	}
	return "has the wrong type"
}
