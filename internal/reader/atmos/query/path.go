package query

import (
	"maps"
	"slices"

	"plumbline/internal/reader/atmos/value"
)

// single is what a filter makes, which must be one value.
func single(m *machine, f filter, v any) (any, error) {
	list, err := f(m, v)
	if err == nil && len(list) != 1 {
		err = ErrUnknown
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// member follows a key; where there is none, or nothing that could have one, it gives
// null. A number is an index.
func member(key string) filter { return lookup(constant(key)) }

func lookup(index filter) filter {
	return one(func(m *machine, v any) (any, error) {
		at, err := single(m, index, v)
		if err != nil {
			return nil, err
		}
		switch v := v.(type) {
		case value.Map:
			if key, ok := at.(string); ok {
				return v[key], nil
			}
		case []any:
			if i, ok := at.(int); ok {
				if i < 0 {
					i += len(v)
				}
				if i >= 0 && i < len(v) {
					return v[i], nil
				}
				return nil, nil
			}
		case nil:
			return nil, nil
		}
		return nil, ErrUnknown
	})
}

func elements(m *machine, v any) ([]any, error) {
	list, err := itemsOf(v)
	if err == nil {
		err = m.step(len(list))
	}
	return list, err
}

// itemsOf are the elements of a list, or the values of a map by their keys.
func itemsOf(v any) ([]any, error) {
	switch v := v.(type) {
	case []any:
		return v, nil
	case value.Map:
		out := make([]any, 0, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			out = append(out, v[key])
		}
		return out, nil
	case nil:
		return nil, nil
	}
	return nil, ErrUnknown
}

func slice(from, to filter) filter {
	return one(func(m *machine, v any) (any, error) {
		size := 0
		list, isList := v.([]any)
		text, isText := v.(string)
		if size = len(list); isText {
			size = len(text)
		}
		if !isList && !isText {
			return nil, ErrUnknown
		}
		begin, err := bound(m, from, v, 0, size)
		if err != nil {
			return nil, err
		}
		end, err := bound(m, to, v, size, size)
		if err != nil {
			return nil, err
		}
		if end = max(begin, end); isText {
			return text[begin:end], nil
		}
		return list[begin:end:end], m.step(end - begin)
	})
}

func bound(m *machine, f filter, v any, fallback, size int) (int, error) {
	if f == nil {
		return fallback, nil
	}
	made, err := single(m, f, v)
	n, ok := made.(int)
	if err == nil && !ok {
		err = ErrUnknown
	}
	if n < 0 {
		n += size
	}
	return min(max(n, 0), size), err
}

// gathered is `[f]`.
func gathered(f filter) filter {
	return one(func(m *machine, v any) (any, error) {
		list, err := f(m, v)
		if list == nil {
			list = []any{}
		}
		return list, err
	})
}
