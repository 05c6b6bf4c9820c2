package value

import (
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// ReadJSON reads the next JSON value with its numbers as YAML would have them: int,
// int64, uint64, else float64.
func ReadJSON(d *jsontext.Decoder) (any, error) {
	token, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	switch token.Kind() {
	case '{':
		return readMap(d)
	case '[':
		return readList(d)
	case '"':
		return token.String(), nil
	case '0':
		return number(token.String()), nil
	case 't', 'f':
		return token.Bool(), nil
	}
	return nil, nil
}

func readMap(d *jsontext.Decoder) (any, error) {
	out := Map{}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		key := name.String() // the token is gone with the next read
		if out[key], err = ReadJSON(d); err != nil {
			return nil, err
		}
	}
	_, err := d.ReadToken()
	return out, err
}

func readList(d *jsontext.Decoder) (any, error) {
	out := []any{}
	for d.PeekKind() != ']' {
		item, err := ReadJSON(d)
		if err != nil {
			return nil, err
		}
		out = append(out, item)
	}
	_, err := d.ReadToken()
	return out, err
}

func number(text string) any {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return int(n)
	}
	if n, err := strconv.ParseUint(text, 10, 64); err == nil {
		return n
	}
	f, _ := strconv.ParseFloat(text, 64) // a valid number; too large a one is infinite
	return f
}
