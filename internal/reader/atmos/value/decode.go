package value

import (
	"errors"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// Limits of one text.
const (
	maxDepth   = 400 // a list counts placeDepth
	placeDepth = 3
	maxWeight  = 400_000 // values, each alias counted as all that it stands for
)

// Document is a decoded text.
type Document struct {
	// Value is the first document of the text; an empty map where there is none.
	Value any
	// Includes and Appends: the value holds at least one [Include], [Append].
	Includes, Appends bool
	// Odd: the value holds a [Timestamp], [Include] or [Append].
	Odd bool
	// Functions: it holds the text of a function, or one that looks like it.
	Functions bool
	// Weight is how many values it is made of, each alias counted as all that it stands for.
	Weight int
	// Bytes is about what it takes in memory.
	Bytes int
	// Lines give the line of each key down to the third level, as "a/b/c".
	Lines map[string]int
}

// Decode reads YAML as gopkg.in/yaml.v3 does: the first document, YAML 1.2 booleans,
// 1.1 octals, anchors and merges; a key that stands twice is an error. Tags that name
// a function leave the text "!name argument", `!literal` its text, `!append` an
// [Append], `!include` an [Include]; another tag is an error. With a delimiter, an
// unquoted key that holds it stands for nested maps. Errors are [*Fault] and quote
// nothing of the text: what stands where a tag or an alias is expected may be a secret.
func Decode(text []byte, delimiter string) (Document, error) {
	if isCrowded(text) {
		return Document{}, &Fault{1, "too many values"}
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return Document{}, syntaxFault(text, err)
	}
	d := decoder{delimiter: delimiter, lines: map[string]int{}, made: map[*yaml.Node]decoded{}}
	if root.Kind == 0 || len(root.Content) == 0 {
		return Document{Value: Map{}}, nil
	}
	out, err := d.node(root.Content[0], "", 1)
	if err != nil {
		return Document{}, err
	}
	if out.value == nil {
		out.value = Map{}
	}
	return Document{Value: out.value, Weight: d.weight, Bytes: d.bytes, Includes: d.includes, Appends: d.appends,
		Odd: d.includes || d.appends || d.times, Functions: d.functions, Lines: d.lines}, nil
}

// maxMarks is how many characters a text may have that could each begin a value: the
// parser makes them all, at some 200 bytes each, before anybody can count them.
const maxMarks = 500_000

// isCrowded reports whether a text may hold more values than a document may have.
func isCrowded(text []byte) bool {
	if len(text) <= maxMarks {
		return false
	}
	marks := 0
	for _, c := range text {
		switch c {
		case ',', ':', '[', '{', '\n', '\r':
			marks++
		}
	}
	return marks > maxMarks
}

type decoder struct {
	delimiter string
	lines     map[string]int
	made      map[*yaml.Node]decoded // anchored nodes
	weight    int
	bytes     int

	includes, appends, times, functions bool
}

// decoded is a value with the number of values that it is made of.
type decoded struct {
	value  any
	weight int
	open   bool
}

func (d *decoder) node(n *yaml.Node, place string, depth int) (decoded, error) {
	if depth > maxDepth {
		return decoded{}, &Fault{n.Line, "nested too deep"}
	}
	if n.Kind == yaml.AliasNode {
		return d.alias(n)
	}
	before := d.weight
	d.weight++
	d.bytes += bytesOf(n)
	if d.weight > maxWeight {
		return decoded{}, &Fault{n.Line, "too many values"}
	}
	if n.Anchor != "" {
		d.made[n] = decoded{open: true}
	}
	v, err := d.value(n, place, depth)
	out := decoded{value: v, weight: d.weight - before}
	if n.Anchor != "" {
		d.made[n] = out
	}
	return out, err
}

// bytesOf is about what a node's value takes, without those in it: the smallest map has
// room for eight.
func bytesOf(n *yaml.Node) int {
	switch n.Kind {
	case yaml.MappingNode:
		return 64 + 40*max(8, len(n.Content)/2)
	case yaml.SequenceNode:
		return 48 + 16*len(n.Content)
	}
	return 16 + len(n.Value)
}

// alias shares the value of its anchor, and weighs as much as a copy.
func (d *decoder) alias(n *yaml.Node) (decoded, error) {
	out, ok := d.made[n.Alias]
	if !ok || out.open {
		return decoded{}, &Fault{n.Line, "an anchor that contains itself"}
	}
	d.weight += out.weight
	if d.weight > maxWeight {
		return decoded{}, &Fault{n.Line, "too many values: aliases stand for more than a manifest may hold"}
	}
	return out, nil
}

func (d *decoder) value(n *yaml.Node, place string, depth int) (any, error) {
	switch n.Kind {
	case yaml.MappingNode:
		if err := checkTag(n); err != nil {
			return nil, err
		}
		return d.mapping(n, place, depth)
	case yaml.SequenceNode:
		if err := checkTag(n); err != nil {
			return nil, err
		}
		list := make([]any, 0, len(n.Content))
		for _, item := range n.Content {
			made, err := d.node(item, "", depth+placeDepth)
			if err != nil {
				return nil, err
			}
			list = append(list, made.value)
		}
		if n.Tag == "!append" {
			d.appends = true
			return Append{Items: list}, nil
		}
		return list, nil
	case yaml.ScalarNode:
		return d.scalar(n)
	}
	return nil, &Fault{n.Line, "unexpected YAML node"}
}

var errNoScalar = errors.New("not a scalar key")

func keyText(n *yaml.Node) (text string, isString bool, err error) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.ScalarNode {
		return "", false, errNoScalar
	}
	if tag := n.ShortTag(); tag == "!!str" || tag == "!!merge" || strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		return n.Value, true, nil
	}
	var v any
	if err := n.Decode(&v); err != nil {
		return "", false, err
	}
	return fmt.Sprint(v), false, nil
}
