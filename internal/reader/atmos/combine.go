package atmos

import (
	"plumbline/internal/reader/atmos/merge"
	"plumbline/internal/reader/atmos/value"
)

// combine puts together what functions give and what other layers have at the same
// place. Where one of the functions has no value here, the place keeps that of the
// highest layer, and is partial.
func (c *Component) combine(section value.Map, p *renderer, e *evaluator) value.Map {
	for _, collision := range c.collisions {
		left := len(e.unresolved)
		values := make([]any, 0, len(collision.Values))
		for _, v := range collision.Values {
			if made, ok := settled(collision.Path, v, p, e); ok {
				values = append(values, made)
			}
		}
		if len(e.unresolved) == left && len(values) > 0 {
			section = value.SetAt(section, merge.Combine(values, c.lists), collision.Path...)
		}
	}
	return section
}

// settled is what one layer has at a place, its templates and functions evaluated; false
// where it unsets the place.
func settled(path []string, v any, p *renderer, e *evaluator) (any, bool) {
	if p.c.run.config.templates {
		p.unresolved = nil
		if made, ok := p.walk(path, v); ok {
			v = made
		}
		e.unresolved = append(e.unresolved, p.unresolved...)
	}
	made, _ := e.value(path, v)
	_, gone := made.(unset)
	return made, !gone
}

// workspace is the component's real one, its templates evaluated: as printed where the
// two are one text.
func (p *renderer) workspace(printed value.Map) string {
	c := p.c
	if c.Workspace == value.Text(c.section, "workspace") {
		return value.Text(printed, "workspace")
	}
	made, ok := p.walk([]string{"workspace"}, c.Workspace)
	if text, isText := made.(string); ok && isText && c.run.config.templates {
		return text
	}
	return c.Workspace
}
