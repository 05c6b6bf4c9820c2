package value

import (
	"bytes"

	"gopkg.in/yaml.v3"
)

// Encode writes v as YAML as Atmos does: two spaces, keys sorted. What it makes is
// read back by [Decode] as v, where a [Timestamp] has become an empty map.
func Encode(v any) (string, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(encodable(v)); err != nil {
		return "", err
	}
	err := e.Close()
	return b.String(), err
}

// encodable replaces the types that YAML writes otherwise.
func encodable(v any) any {
	return Rewrite(v, func(_ []string, v any) (any, bool) {
		switch v := v.(type) {
		case Append:
			return Map{AppendKey: encodable(v.Items)}, true
		case Timestamp:
			return Map{}, true
		case Include:
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: v.tag(), Value: v.Argument}, true
		}
		return nil, false
	})
}

func (i Include) tag() string {
	if i.Raw {
		return "!include.raw"
	}
	return "!include"
}
