package value

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// mapping decodes a mapping: its own keys, which win over those of `<<`.
func (d *decoder) mapping(n *yaml.Node, place string, depth int) (any, error) {
	out := make(Map, len(n.Content)/2)
	var merges []*yaml.Node
	stringKeys := true
	for i := 0; i+1 < len(n.Content); i += 2 {
		keyNode, valueNode := n.Content[i], n.Content[i+1]
		if keyNode.Kind == yaml.ScalarNode && keyNode.ShortTag() == "!!merge" {
			merges = append(merges, valueNode)
			continue
		}
		key, isString, err := keyText(keyNode)
		if err != nil {
			return nil, &Fault{keyNode.Line, "a key must be a scalar"}
		}
		stringKeys = stringKeys && isString
		d.bytes += 16 + len(key)
		inner := d.place(place, key, keyNode.Line, depth)
		made, err := d.node(valueNode, inner, depth+1)
		if err != nil {
			return nil, err
		}
		if err := d.put(out, key, keyNode, made.value); err != nil {
			return nil, err
		}
	}
	for _, source := range merges {
		if err := d.mergeKey(out, source, depth); err != nil {
			return nil, err
		}
	}
	if list, ok := out[AppendKey].([]any); ok && len(out) == 1 {
		d.appends = true
		return Append{Items: list}, nil
	}
	if !stringKeys && d.appends {
		return seal(out), nil
	}
	return out, nil
}

// place notes the line of a key of the upper levels and gives the key's place,
// "components/terraform/vpc".
func (d *decoder) place(parent, key string, line, depth int) string {
	if depth > placeDepth {
		return ""
	}
	if parent != "" {
		key = parent + "/" + key
	}
	if _, ok := d.lines[key]; !ok {
		d.lines[key] = line
		d.bytes += 64 + len(key)
	}
	return key
}

// put sets a key, nested where the key holds the delimiter.
func (d *decoder) put(out Map, key string, n *yaml.Node, v any) error {
	for d.delimiter != "" && n.Style == 0 && strings.Contains(key, d.delimiter) {
		head, tail, _ := strings.Cut(key, d.delimiter)
		if head == "" || tail == "" {
			break
		}
		inner, ok := out[head].(Map)
		if !ok {
			inner = Map{}
			out[head] = inner
		}
		out, key = inner, tail
	}
	if _, ok := out[key]; ok {
		return &Fault{n.Line, "a key that stands twice in one mapping"}
	}
	out[key] = v
	return nil
}

// mergeKey fills out with what a `<<` names: a mapping, or a list of them of which
// the first wins.
func (d *decoder) mergeKey(out Map, source *yaml.Node, depth int) error {
	made, err := d.node(source, "", depth+1)
	if err != nil {
		return err
	}
	list, ok := made.value.([]any)
	if !ok {
		list = []any{made.value}
	}
	for _, item := range list {
		m, ok := item.(Map)
		if !ok {
			return &Fault{source.Line, "map merge requires map or sequence of maps as the value"}
		}
		for key, v := range m {
			if _, has := out[key]; !has {
				out[key] = v
			}
		}
	}
	return nil
}

// seal marks the appended lists below a map that has a key which is no string.
func seal(m Map) Map {
	return Rewrite(m, func(_ []string, v any) (any, bool) {
		list, ok := v.(Append)
		return Append{Items: slices.Clone(list.Items), Sealed: true}, ok
	}).(Map)
}
