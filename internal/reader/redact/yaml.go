package redact

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
	"gopkg.in/yaml.v3"
)

// maxYAMLBytes bounds the YAML that is parsed; of more, its lines must do.
const maxYAMLBytes = 1 << 18

var errTooDeep = errors.New("nested too deep")

// lookYAML looks through YAML of mappings and lists, every document of it.
func (t *text) lookYAML(raw []byte) (isYAML, found bool) {
	if len(raw) > maxYAMLBytes {
		return false, false
	}
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	for {
		var doc yaml.Node
		switch err := decode(decoder, &doc); {
		case err == io.EOF:
			return isYAML, found
		case err != nil || len(doc.Content) != 1:
			return false, found
		}
		root := doc.Content[0]
		if root.Kind != yaml.MappingNode && root.Kind != yaml.SequenceNode {
			return false, found
		}
		made, err := appendNode(t.made[:0], root, 0)
		t.made = made
		isYAML = true
		found = err != nil || t.level >= maxTextLevels || t.walk(made) || found
		if found && t.redactor.frozen {
			return true, true
		}
	}
}

// decode is the decoder's, whose panics on broken text are errors.
func decode(from *yaml.Decoder, to *yaml.Node) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("broken YAML")
		}
	}()
	return from.Decode(to)
}

// appendNode writes a node as JSON. What an alias stands for is written where it has
// its anchor, and there only, so that no text grows.
func appendNode(dst []byte, n *yaml.Node, depth int) (_ []byte, err error) {
	if depth > maxTextDepth {
		return append(dst, "null"...), errTooDeep
	}
	switch n.Kind {
	case yaml.MappingNode:
		dst = append(dst, '{')
		for i := 0; i+1 < len(n.Content); i += 2 {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendQuoted(dst, n.Content[i].Value), ':')
			if dst, err = appendNode(dst, n.Content[i+1], depth+1); err != nil {
				return dst, err
			}
		}
		return append(dst, '}'), nil
	case yaml.SequenceNode:
		dst = append(dst, '[')
		for i, element := range n.Content {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, err = appendNode(dst, element, depth+1); err != nil {
				return dst, err
			}
		}
		return append(dst, ']'), nil
	case yaml.ScalarNode:
		return appendScalar(dst, n), nil
	}
	return append(dst, "null"...), nil
}

func appendScalar(dst []byte, n *yaml.Node) []byte {
	switch n.ShortTag() {
	case "!!null":
		return append(dst, "null"...)
	case "!!bool", "!!int", "!!float":
		if json.Valid([]byte(n.Value)) {
			return append(dst, n.Value...)
		}
	}
	if len(n.Tag) > 1 && n.Tag[0] == '!' && n.Tag[1] != '!' && isPlaceholder([]byte(n.Tag+" x")) {
		return append(dst, "null"...) // a function of the text's own: !Ref Password
	}
	return appendQuoted(dst, n.Value)
}

func appendQuoted(dst []byte, text string) []byte {
	dst, _ = jsontext.AppendQuote(dst, text)
	return dst
}
