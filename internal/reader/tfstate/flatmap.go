package tfstate

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/catalog"
)

// expandFlat appends the JSON object that a flat map of attributes stands for.
// States before version 4, and early ones of it, keep a nested value as
//
//	"tags.%": "1", "tags.Name": "x"      {"tags": {"Name": "x"}}
//	"list.#": "1", "list.0.port": "80"   {"list": [{"port": "80"}]}
//	"set.#":  "1", "set.9276": "x"       {"set": ["x"]}, in the order of the hashes
//	"old.#":  "1", "old.key": "x"        {"old": {"key": "x"}}, a map of version 1
//
// Every leaf stays a string: the types are not in the state. Names that are not of
// this form stay as they are, dots included, so nothing is lost.
func expandFlat(dst, flat []byte) []byte {
	leaves := map[string]jsontext.Value{}
	for name, span := range catalog.Members(flat) {
		leaves[name] = span.Of(flat)
	}
	return appendFlatObject(dst, leaves)
}

// appendFlatObject groups the leaves by the name before their first dot.
func appendFlatObject(dst []byte, leaves map[string]jsontext.Value) []byte {
	groups := map[string]map[string]jsontext.Value{}
	for name, leaf := range leaves {
		head, rest, nested := strings.Cut(name, ".")
		if !nested {
			continue
		}
		if groups[head] == nil {
			groups[head] = map[string]jsontext.Value{}
		}
		groups[head][rest] = leaf
	}
	dst = append(dst, '{')
	empty := len(dst)
	member := func(name string) {
		if len(dst) > empty {
			dst = append(dst, ',')
		}
		dst, _ = jsontext.AppendQuote(dst, name)
		dst = append(dst, ':')
	}
	for _, head := range slices.Sorted(maps.Keys(groups)) {
		if _, alsoLeaf := leaves[head]; !alsoLeaf && isCollection(groups[head]) {
			member(head)
			dst = appendFlatCollection(dst, groups[head])
			continue
		}
		for _, rest := range slices.Sorted(maps.Keys(groups[head])) {
			member(head + "." + rest)
			dst = append(dst, groups[head][rest]...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(leaves)) {
		if !strings.Contains(name, ".") {
			member(name)
			dst = append(dst, leaves[name]...)
		}
	}
	return append(dst, '}')
}

// isCollection reports whether a group counts its members: "%" of a map, "#" of a
// list or set, not both.
func isCollection(group map[string]jsontext.Value) bool {
	_, isMap := group["%"]
	_, isList := group["#"]
	return isMap != isList
}

func appendFlatCollection(dst []byte, group map[string]jsontext.Value) []byte {
	if _, isMap := group["%"]; isMap {
		return appendFlatMap(dst, group, "%")
	}
	elements := map[string]map[string]jsontext.Value{} // by index; the leaf itself is ""
	for name, leaf := range group {
		if name == "#" {
			continue
		}
		index, rest, _ := strings.Cut(name, ".")
		if _, err := strconv.ParseUint(strings.TrimPrefix(index, "~"), 10, 64); err != nil {
			return appendFlatMap(dst, group, "#")
		}
		if elements[index] == nil {
			elements[index] = map[string]jsontext.Value{}
		}
		elements[index][rest] = leaf
	}
	dst = append(dst, '[')
	for n, index := range slices.SortedFunc(maps.Keys(elements), compareIndexes) {
		if n > 0 {
			dst = append(dst, ',')
		}
		dst = appendFlatElement(dst, elements[index])
	}
	return append(dst, ']')
}

func appendFlatElement(dst []byte, element map[string]jsontext.Value) []byte {
	if leaf, isLeaf := element[""]; isLeaf && len(element) == 1 {
		return append(dst, leaf...)
	}
	if isCollection(element) {
		return appendFlatCollection(dst, element)
	}
	return appendFlatObject(dst, element)
}

// appendFlatMap appends the members as they are named: a map's keys may hold dots.
func appendFlatMap(dst []byte, group map[string]jsontext.Value, count string) []byte {
	dst = append(dst, '{')
	comma := false
	for _, name := range slices.Sorted(maps.Keys(group)) {
		if name == count {
			continue
		}
		if comma {
			dst = append(dst, ',')
		}
		comma = true
		dst, _ = jsontext.AppendQuote(dst, name)
		dst = append(dst, ':')
		dst = append(dst, group[name]...)
	}
	return append(dst, '}')
}

// compareIndexes orders by value: list indexes and set hashes alike.
func compareIndexes(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}
