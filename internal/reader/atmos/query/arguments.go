package query

import (
	"slices"
	"strings"

	"plumbline/internal/reader/atmos/value"
)

func has(_ *machine, v, key any) (any, error) {
	switch v := v.(type) {
	case value.Map:
		name, ok := key.(string)
		_, found := v[name]
		return ok && found, nil
	case []any:
		i, ok := key.(int)
		return ok && i >= 0 && i < len(v), nil
	}
	return nil, ErrUnknown
}

func join(m *machine, v, separator any) (any, error) {
	items, isList := v.([]any)
	between, isText := separator.(string)
	if !isList || !isText {
		return nil, ErrUnknown
	}
	texts := make([]string, 0, len(items))
	for _, item := range items {
		made, err := scalarText(item)
		if err == nil {
			err = m.text(len(made.(string)) + len(between))
		}
		if err != nil {
			return nil, err
		}
		texts = append(texts, made.(string))
	}
	return strings.Join(texts, between), nil
}

func split(m *machine, v, separator any) (any, error) {
	text, isText := v.(string)
	between, both := separator.(string)
	if !isText || !both {
		return nil, ErrUnknown
	}
	out := []any{}
	for part := range strings.SplitSeq(text, between) {
		out = append(out, part)
	}
	return out, m.step(len(out))
}

func contains(m *machine, v, part any) (any, error) {
	switch v := v.(type) {
	case string:
		text, ok := part.(string)
		return ok && strings.Contains(v, text), nil
	case []any:
		wanted, ok := part.([]any)
		if !ok {
			return nil, ErrUnknown
		}
		return !slices.ContainsFunc(wanted, func(w any) bool {
			return !slices.ContainsFunc(v, func(item any) bool { return isSame(item, w) })
		}), m.step(len(v) * max(len(wanted), 1))
	}
	return nil, ErrUnknown
}
