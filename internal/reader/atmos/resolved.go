package atmos

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"runtime"
	"slices"

	"plumbline/internal/parallel"
	"plumbline/internal/reader/atmos/described"
)

// Resolved is an estate whose components are put together. Templates and functions
// are evaluated as components are asked for. Immutable, safe for concurrent use.
type Resolved struct {
	// Problems are the faults of manifests and components, sorted by place.
	Problems []Problem

	run    *run
	stacks []*Stack
	byName map[string]*Stack
}

// Stack is what some manifests of one name declare.
type Stack struct {
	Name string
	// Manifests are the ids of the top-level manifests, Imports those of all that they
	// import, Remote the imports that were not fetched. Sorted.
	Manifests, Imports, Remote []string

	components []*Component // by type and name
	types      []string     // that the components have, sorted
}

// resolve processes every top-level manifest, several at a time.
func (r *run) resolve() (*Resolved, error) {
	names, err := r.topLevel()
	if err != nil {
		return nil, err
	}
	found := make([][]*Component, len(names))
	err = parallel.Each(r.ctx, runtime.GOMAXPROCS(0), len(names), func(i int) error {
		list, err := r.stack(names[i])
		if err != nil {
			r.report(problemOf(r.manifestID(names[i]), names[i], err))
		}
		found[i] = list
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := &Resolved{run: r, byName: map[string]*Stack{}}
	for _, list := range found {
		for _, c := range list {
			out.add(c)
		}
	}
	out.settle()
	return out, nil
}

// settle brings stacks, components and problems into their order.
func (out *Resolved) settle() {
	for _, s := range out.byName {
		s.settle(out.run)
		out.stacks = append(out.stacks, s)
	}
	slices.SortFunc(out.stacks, func(a, b *Stack) int { return cmp.Compare(a.Name, b.Name) })
	out.run.resolved = out
	out.Problems = sortProblems(out.run.problems)
}

func (r *run) stack(name string) ([]*Component, error) {
	span := r.estate.Budget.Work()
	defer func() { _ = span.End() }() // whoever asks next is told
	m, err := r.manifest(importing{path: name, left: new(maxImports), span: span})
	if err != nil {
		return nil, err
	}
	return newAssembler(r, name, m, span).components()
}

func (out *Resolved) add(c *Component) {
	s := out.byName[c.Stack]
	if s == nil {
		s = &Stack{Name: c.Stack}
		out.byName[c.Stack] = s
	}
	s.components = append(s.components, c)
	if !slices.Contains(s.Manifests, c.Manifest) {
		s.Manifests = append(s.Manifests, c.Manifest)
		s.Imports = append(s.Imports, c.Imports()...)
		s.Remote = append(s.Remote, c.imports.remote...)
	}
}

// settle sorts a stack, and keeps of the components of one name that of the last
// manifest.
func (s *Stack) settle(r *run) {
	for _, list := range []*[]string{&s.Manifests, &s.Imports, &s.Remote} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	slices.SortStableFunc(s.components, func(a, b *Component) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Manifest, b.Manifest))
	})
	kept := s.components[:0]
	for _, c := range s.components {
		if n := len(kept); n > 0 && kept[n-1].key() == c.key() {
			if conflicts(kept[n-1], c) {
				r.report(Problem{File: c.path, Manifest: c.Manifest, Component: c.key(), Finding: true,
					Reason: fmt.Sprintf("stack %s has it otherwise in %s", s.Name, kept[n-1].Manifest)})
			}
			c.Manifests = append(slices.Clone(kept[n-1].Manifests), c.Manifest)
			kept[n-1] = c
			continue
		}
		kept = append(kept, c)
		if n := len(s.types); n == 0 || s.types[n-1] != c.Type {
			s.types = append(s.types, c.Type)
		}
	}
	s.components = kept
}

// conflicts reports whether two definitions of a component differ, where neither is
// abstract.
func conflicts(a, b *Component) bool {
	if a.IsAbstract() || b.IsAbstract() {
		return false
	}
	for _, key := range []string{"vars", "settings", "env", "backend", "backend_type", "metadata", "component"} {
		if !reflect.DeepEqual(a.section[key], b.section[key]) {
			return true
		}
	}
	return false
}

// Stacks yields the stacks by name.
func (out *Resolved) Stacks() iter.Seq[*Stack] { return slices.Values(out.stacks) }

// Components yields the selected components by stack, type and name.
func (out *Resolved) Components(f described.Filter) iter.Seq[*Component] {
	return func(yield func(*Component) bool) {
		for _, s := range out.stacks {
			if f.Stack != "" && f.Stack != s.Name {
				continue
			}
			for _, c := range s.components {
				if f.Selects(c.Stack, c.Type, c.Name) && !yield(c) {
					return
				}
			}
		}
	}
}

// find gives a component of a stack by name, that of terraform first, then by type.
func (out *Resolved) find(component, stack string) (*Component, bool) {
	s := out.byName[stack]
	if s == nil {
		return nil, false
	}
	if c, ok := s.component("terraform", component); ok {
		return c, true
	}
	for _, typ := range s.types {
		if c, ok := s.component(typ, component); ok {
			return c, true
		}
	}
	return nil, false
}

// component gives the component of a type and name.
func (s *Stack) component(typ, name string) (*Component, bool) {
	i, ok := slices.BinarySearchFunc(s.components, typ, func(c *Component, typ string) int {
		return cmp.Or(cmp.Compare(c.Type, typ), cmp.Compare(c.Name, name))
	})
	if !ok {
		return nil, false
	}
	return s.components[i], true
}

func configError(err error) error {
	if errors.Is(err, ErrConfig) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrConfig, err)
}
