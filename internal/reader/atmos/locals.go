package atmos

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"plumbline/internal/reader/atmos/merge"
	"plumbline/internal/reader/atmos/sandbox"
	"plumbline/internal/reader/atmos/value"
	"plumbline/internal/reader/budget"
)

// localKinds are the type sections that may have locals, in the order in which Atmos
// lays them over one another.
var localKinds = []string{"terraform", "helmfile", "packer"}

// fileContext is the context in which a file is rendered: that of its import, and
// over it, when the file has locals, those and its own settings, vars and env.
func (r *run) fileContext(f *file, given value.Map, span *budget.Span) (value.Map, error) {
	tree := f.root()
	locals, err := r.locals(f, span)
	if err != nil || locals == nil {
		return given, err
	}
	own := value.Map{"locals": locals}
	for _, key := range []string{"settings", "vars", "env"} {
		if section := value.Mapping(tree, key); len(section) > 0 {
			own[key] = r.renderSection(section, own, span)
		}
	}
	for key, v := range given {
		if _, has := own[key]; !has {
			own[key] = v
		}
	}
	return own, nil
}

// renderSection renders a section by itself; one that fails stays as it is written.
func (r *run) renderSection(section, data value.Map, span *budget.Span) value.Map {
	text, err := value.Encode(r.typedReferences(section, data))
	if err != nil || !strings.Contains(text, "{{") {
		return r.typedReferences(section, data)
	}
	t, err := r.template(text, sandbox.Options{Strict: true, Functions: sandbox.Select(true, true)})
	if err != nil {
		return section
	}
	if text, err = t.Execute(r.plain(data), r.own(span)); err != nil {
		return section
	}
	doc, err := r.decode([]byte(text), "", span)
	if out, ok := doc.Value.(value.Map); ok && err == nil {
		return out
	}
	return section
}

// locals resolves the file's locals, those of the types over those of the root; nil
// where it has none.
func (r *run) locals(f *file, span *budget.Span) (value.Map, error) {
	tree := f.root()
	_, has := tree["locals"]
	scopes := []string{"locals"}
	for _, kind := range localKinds {
		if _, ok := value.At(tree, kind, "locals"); ok {
			has, scopes = true, append(scopes, kind)
		}
	}
	if !has {
		return nil, nil
	}
	all := value.Map{}
	for _, scope := range scopes {
		own := value.Mapping(tree, "locals")
		if scope != "locals" {
			own = value.Mapping(tree, scope, "locals")
		}
		made, err := r.scope(own, all, tree, span)
		if err != nil {
			return nil, &fault{f.path, f.line("locals"), err.Error()}
		}
		all = merge.Rules{}.Maps(all, made)
	}
	return all, nil
}

// scope resolves one set of locals, each after those it refers to.
func (r *run) scope(own, outer, tree value.Map, span *budget.Span) (value.Map, error) {
	s := scope{run: r, span: span, own: own, data: value.Map{}, done: maps.Clone(outer), state: map[string]int{}}
	for _, key := range []string{"settings", "vars", "env"} {
		if section := value.Mapping(tree, key); section != nil {
			s.data[key] = section
		}
	}
	for _, name := range slices.Sorted(maps.Keys(own)) {
		if err := s.resolve(name); err != nil {
			return nil, err
		}
	}
	return s.done, nil
}

type scope struct {
	run   *run
	span  *budget.Span
	own   value.Map
	data  value.Map
	done  value.Map
	state map[string]int // 1 while it is being resolved, 2 then
}

var localReference = regexp.MustCompile(`\.locals\.([A-Za-z_][A-Za-z0-9_]*)`)

func (s *scope) resolve(name string) error {
	v, ok := s.own[name]
	if !ok || s.state[name] == 2 {
		return nil
	}
	if s.state[name] == 1 {
		return fmt.Errorf("locals: circular dependency at %s", name)
	}
	s.state[name] = 1
	for _, other := range references(v) {
		if err := s.resolve(other); err != nil {
			return err
		}
	}
	made, err := s.render(v)
	if err != nil {
		return fmt.Errorf("locals: %s: %w", name, err)
	}
	s.done[name], s.state[name] = made, 2
	return nil
}

// references lists the locals that the templates in v name.
func references(v any) []string {
	var list []string
	value.Rewrite(v, func(_ []string, v any) (any, bool) {
		if text, ok := v.(string); ok && strings.Contains(text, "{{") {
			for _, m := range localReference.FindAllStringSubmatch(text, -1) {
				list = append(list, m[1])
			}
		}
		return nil, false
	})
	slices.Sort(list)
	return slices.Compact(list)
}

func (s *scope) render(v any) (any, error) {
	data := value.With(s.data, "locals", s.done)
	var failed error
	made := value.Rewrite(v, func(_ []string, v any) (any, bool) {
		text, ok := v.(string)
		if !ok || !strings.Contains(text, "{{") {
			return nil, false
		}
		if typed, ok := referenced(text, data); ok {
			return typed, true
		}
		t, err := s.run.template(text, sandbox.Options{Strict: true, Functions: sandbox.Select(true, false)})
		if err == nil {
			text, err = t.Execute(s.run.plain(data), s.run.own(s.span))
		}
		if err == nil {
			err = s.span.Hold(len(text))
		}
		failed = first(failed, err)
		return text, err == nil
	})
	return made, failed
}
