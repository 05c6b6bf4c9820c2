package atmos

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"plumbline/internal/reader/atmos/value"
)

// Reference names a component that another one needs.
type Reference struct{ Stack, Component string }

func (a Reference) compare(b Reference) int {
	return cmp.Or(cmp.Compare(a.Stack, b.Stack), cmp.Compare(a.Component, b.Component))
}

// DependsOn lists the components that one needs, by its settings, its dependencies
// and the expressions in its section. Sorted, without itself. Rule: Dependencies.
func (c *Component) DependsOn(s Section) []Reference {
	list := slices.Concat(c.declared(s.Value), c.legacy(s.Value), c.spacelift(s.Value), s.asked)
	for _, u := range s.Unresolved {
		list = append(list, c.inExpression(u.Expression)...)
	}
	if c.run.estate.KeepFunctions || c.run.functions.Load() {
		value.Rewrite(s.Value, func(_ []string, v any) (any, bool) {
			if text, ok := v.(string); ok && strings.HasPrefix(text, "!") {
				list = append(list, c.inExpression(text)...)
			}
			return nil, false
		})
	}
	slices.SortFunc(list, Reference.compare)
	return slices.DeleteFunc(slices.Compact(list), func(r Reference) bool {
		return r == Reference{c.Stack, c.Name} || r.Component == "" || strings.Contains(r.Stack+r.Component, "{{")
	})
}

// declared reads `dependencies.components`.
func (c *Component) declared(section value.Map) []Reference {
	list, _ := value.Find(section, "dependencies", "components").([]any)
	var out []Reference
	for _, item := range list {
		name, _ := item.(string)
		if kind := value.Text(item, "kind"); kind == "file" || kind == "folder" {
			continue
		}
		name = orText(name, orText(value.Text(item, "name"), value.Text(item, "component")))
		out = append(out, Reference{orText(value.Text(item, "stack"), c.Stack), name})
	}
	return out
}

// legacy reads `settings.depends_on`: context fields that are left out are those of
// the component.
func (c *Component) legacy(section value.Map) []Reference {
	var items []any
	switch v := value.Find(section, "settings", "depends_on").(type) {
	case value.Map:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			items = append(items, v[key])
		}
	case []any:
		items = v
	}
	var out []Reference
	for _, item := range items {
		name, _ := item.(string)
		if name = orText(name, value.Text(item, "component")); name != "" {
			out = append(out, Reference{c.stackOf(item, section), name})
		}
	}
	return out
}

// stackOf names the stack that an entry of depends_on means.
func (c *Component) stackOf(item any, section value.Map) string {
	if stack := value.Text(item, "stack"); stack != "" {
		return stack
	}
	vars, changed := value.Mapping(section, "vars"), false
	for _, token := range contextTokens {
		if text := value.Text(item, token); text != "" {
			vars, changed = value.With(vars, token, text), true
		}
	}
	if !changed || c.run.config.nameTemplate == "" && c.run.config.namePattern == "" {
		return c.Stack
	}
	a := assembler{run: c.run, id: c.Manifest}
	name, err := a.stackName(value.With(section, "vars", vars))
	if err != nil {
		return c.Stack
	}
	return name
}

// spacelift reads `settings.spacelift.depends_on`, which names components of the same
// stack, or Spacelift's stacks, "<stack>-<component>".
func (c *Component) spacelift(section value.Map) []Reference {
	var out []Reference
	for _, name := range texts(section, "settings", "spacelift", "depends_on") {
		if rest, ok := strings.CutPrefix(name, c.Stack+"-"); ok {
			if _, known := c.run.resolved.find(rest, c.Stack); known {
				name = rest
			}
		}
		out = append(out, Reference{c.Stack, name})
	}
	return out
}

var componentCall = regexp.MustCompile(`atmos\.Component\s+"([^"]+)"\s+(?:"([^"]+)"|\.(?:atmos_)?stack\b)`)
var storeCall = regexp.MustCompile(`atmos\.Store\s+"[^"]*"\s+(?:"([^"]+)"|\.(?:atmos_)?stack)\s+"([^"]+)"`)

// inExpression finds the components that an expression reads. Rule: Functions.
func (c *Component) inExpression(text string) []Reference {
	var out []Reference
	for _, m := range componentCall.FindAllStringSubmatch(text, -1) {
		out = append(out, Reference{orText(m[2], c.Stack), m[1]})
	}
	for _, m := range storeCall.FindAllStringSubmatch(text, -1) {
		out = append(out, Reference{orText(m[1], c.Stack), m[2]})
	}
	name, argument := value.Function(text)
	switch name {
	case "!terraform.output", "!terraform.state":
		words := fields(argument)
		if len(words) > 2 && !strings.HasPrefix(words[1], ".") {
			out = append(out, Reference{words[1], words[0]})
		} else if len(words) > 1 {
			out = append(out, Reference{c.Stack, words[0]})
		}
	case "!store":
		argument, _, _ = strings.Cut(argument, "|")
		switch words := fields(argument); len(words) {
		case 3:
			out = append(out, Reference{c.Stack, words[1]})
		case 4:
			out = append(out, Reference{words[1], words[2]})
		}
	}
	return out
}
