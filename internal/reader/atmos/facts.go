package atmos

import (
	"slices"
	"strings"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
)

// tell fills in the facts once everything is learnt.
func (r *reading) tell(format reader.Format) {
	r.facts.Format, r.facts.Failed = format, r.failed
	lost := loss{scoped: r.scoped, manifests: map[string]bool{}}
	failed, warnings := r.told()
	r.facts.Failed, r.facts.Warnings = append(r.facts.Failed, failed...), warnings
	for _, p := range r.resolved.Problems {
		if !p.Finding {
			lost.add(p)
		}
	}
	r.facts.Empty = len(r.resolved.stacks)+len(r.facts.Failed) == 0
	slices.SortFunc(r.facts.Failed, compareProblems)
	slices.SortFunc(r.facts.Warnings, compareProblems)
	if len(lost.manifests) > 0 || len(lost.components) > 0 {
		r.facts.Uncertain = lost.touches
	}
}

// loss is what of an estate could not be read.
type loss struct {
	scoped     func(name string) string
	manifests  map[string]bool
	components []Problem
}

func (l *loss) add(p Problem) {
	if p.Component == "" {
		l.manifests[p.Manifest] = true
		return
	}
	l.components = append(l.components, p)
}

// touches reports whether a recorded entity may be of what was lost: its manifest is,
// or it is the component that has a fault, or it does not say.
func (l *loss) touches(e *catalog.Entity) bool {
	switch e.Type {
	case TypeStack:
		ids := textsOf(e.Properties["manifests"])
		return len(ids) == 0 || slices.ContainsFunc(ids, l.inManifest)
	case TypeComponent:
		ids := append(textsOf(e.Properties["manifest"]), textsOf(e.Properties["defined_by"])...)
		if len(ids) == 0 || slices.ContainsFunc(ids, func(id string) bool { return l.manifests[id] }) {
			return true
		}
		return slices.ContainsFunc(l.components, func(p Problem) bool {
			return slices.Contains(ids, p.Manifest) && l.isComponent(e, p.Component)
		})
	}
	return false
}

// inManifest: a stack contains the components of its manifests that have a fault.
func (l *loss) inManifest(id string) bool {
	return l.manifests[id] || slices.ContainsFunc(l.components, func(p Problem) bool { return p.Manifest == id })
}

// isComponent reports whether an entity is a component "type/name" of some stack.
func (l *loss) isComponent(e *catalog.Entity, key string) bool {
	typ, name, _ := strings.Cut(key, "/")
	stack, _ := catalog.Text(e.Properties["stack"])
	if recorded, _ := catalog.Text(e.Properties["component_type"]); recorded != "" && recorded != typ {
		return false
	}
	if stack == "" {
		return strings.HasSuffix(e.Name, "/"+name)
	}
	return e.Name == l.scoped(stack+"/"+name) || e.Name == l.scoped(stack+"/"+key)
}

// textsOf are the texts of a text, or of a list of them.
func textsOf(v catalog.Value) (list []string) {
	if text, ok := catalog.Text(v); ok {
		return []string{text}
	}
	if v.Kind() == '[' {
		for _, span := range catalog.Elements(v) {
			if text, ok := catalog.Text(span.Of(v)); ok {
				list = append(list, text)
			}
		}
	}
	return list
}
