package scan

import (
	"strconv"
	"strings"

	"plumbline/internal/catalog"
)

// secretPlaces are the places, as JSON Pointers into a property, where a secret is
// recorded and a plain value is declared. A member of an object is the same place by its
// name. An element of a list is by the name that it has inside, wherever it stands by
// now; one without a name by its index, as long as the list is as long as it was: what
// moved into the place of a secret is none.
func secretPlaces(recorded, declared catalog.Value) map[string]bool {
	if !catalog.HasSecret(recorded) {
		return nil
	}
	p := places{}
	p.walk("", recorded, declared)
	return p
}

type places map[string]bool

func (p places) walk(at string, recorded, declared catalog.Value) {
	switch {
	case declared == nil || !catalog.HasSecret(recorded):
	case catalog.IsSecret(recorded):
		// What has secrets of its own is marked otherwise now, and not without marks.
		if declared.Kind() != 'n' && !catalog.HasSecret(declared) {
			p[at] = true
		}
	case recorded.Kind() == '{' && declared.Kind() == '{':
		is := map[string]catalog.Value{}
		for name, span := range catalog.Members(declared) {
			is[name] = span.Of(declared)
		}
		for name, span := range catalog.Members(recorded) {
			p.walk(at+"/"+catalog.EscapeStep(name), span.Of(recorded), is[name])
		}
	case recorded.Kind() == '[' && declared.Kind() == '[':
		p.list(at, elements(recorded), elements(declared))
	}
}

func (p places) list(at string, recorded, declared []catalog.Value) {
	for i, was := range recorded {
		if !catalog.HasSecret(was) {
			continue
		}
		name := nameIn(was)
		for j, is := range declared {
			if name != "" && name == nameIn(is) || name == "" && i == j && len(recorded) == len(declared) && nameIn(is) == "" {
				p.walk(at+"/"+strconv.Itoa(j), was, is)
			}
		}
	}
}

func elements(list catalog.Value) []catalog.Value {
	var all []catalog.Value
	for _, span := range catalog.Elements(list) {
		all = append(all, span.Of(list))
	}
	return all
}

// nameIn is the text by which an element of a list is known among the others, "" for
// none: {"name": "DB_PASSWORD", "value": ..}, in any case of letters.
func nameIn(element catalog.Value) string {
	for name, span := range catalog.Members(element) {
		switch strings.ToLower(name) {
		case "name", "key", "id":
			if text, isText := catalog.Text(span.Of(element)); isText {
				return text
			}
		}
	}
	return ""
}
