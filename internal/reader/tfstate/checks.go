package tfstate

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/catalog"
)

// checkKinds are the kinds of check_results; results of other kinds are skipped.
var checkKinds = nameSet("resource output check var")

// checkStatuses are the statuses known; every other one is "unknown".
var checkStatuses = nameSet("pass fail error unknown")

// checkResults reads check_results, which the tools write in random order: results,
// their objects and those objects' messages are sorted. A null, which an old tool
// leaves, stays apart from an empty list: it tells nothing.
func (p *pass) checkResults() error {
	at := p.start()
	v, err := p.ReadValue()
	if err != nil || p.to == nil {
		return err
	}
	if v.Kind() == jsontext.KindNull {
		return nil
	}
	if v.Kind() != jsontext.KindBeginArray {
		p.fail(at, "", "check_results is not a list")
		return nil
	}
	results := make([][]byte, 0, 8)
	for _, span := range catalog.Elements(v) {
		result, problem := checkResult(span.Of(v))
		if problem != "" {
			p.warn(at, problem)
			continue
		}
		results = append(results, result)
	}
	p.to.checks(sortedArray(results))
	return nil
}

// checkResult gives one result in the order that makes equal ones equal.
func checkResult(v jsontext.Value) (_ []byte, skipped string) {
	kind, known := "", false
	out := []byte("{")
	for name, span := range catalog.Members(v) {
		field := span.Of(v)
		switch name {
		case "object_kind":
			kind, _ = catalog.Text(field)
			known = checkKinds[kind]
		case "status":
			field = knownStatus(field)
		case "objects":
			field = sortedObjects(field)
		}
		out = appendMember(out, name, field)
	}
	if !known {
		return nil, "a check result of an unknown kind"
	}
	return canonicalOrNull(append(out, '}')), ""
}

func sortedObjects(v jsontext.Value) jsontext.Value {
	if v.Kind() != jsontext.KindBeginArray {
		return v
	}
	var objects [][]byte
	for _, span := range catalog.Elements(v) {
		object := span.Of(v)
		out := []byte("{")
		for name, inner := range catalog.Members(object) {
			field := inner.Of(object)
			switch name {
			case "status":
				field = knownStatus(field)
			case "failure_messages":
				var messages [][]byte
				for _, message := range catalog.Elements(field) {
					messages = append(messages, canonicalOrNull(message.Of(field)))
				}
				field = sortedArray(messages)
			}
			out = appendMember(out, name, field)
		}
		objects = append(objects, canonicalOrNull(append(out, '}')))
	}
	return sortedArray(objects)
}

func knownStatus(v jsontext.Value) jsontext.Value {
	if status, _ := catalog.Text(v); checkStatuses[status] {
		return v
	}
	return jsontext.Value(`"unknown"`)
}

// canonicalOrNull gives null for what nests too deep, which no check does.
func canonicalOrNull(raw []byte) []byte {
	out, err := catalog.AppendCanonical(nil, raw)
	if err != nil {
		return []byte("null")
	}
	return out
}

func sortedArray(elements [][]byte) jsontext.Value {
	slices.SortFunc(elements, bytes.Compare)
	out := append([]byte("["), bytes.Join(elements, []byte(","))...)
	return append(out, ']')
}

// appendMember appends a member to an object that is being written; an empty value is
// left out.
func appendMember(object []byte, name string, value []byte) []byte {
	if len(value) == 0 {
		return object
	}
	if len(object) > 1 {
		object = append(object, ',')
	}
	object, _ = jsontext.AppendQuote(object, name)
	return append(append(object, ':'), value...)
}
