package deployment

import (
	"cmp"
	"errors"
	"slices"
	"strings"
)

// Kind says what is wrong between a component and a state.
type Kind string

const (
	NotDeployed      Kind = "not-deployed"
	NotDeclared      Kind = "not-declared"
	DisabledDeployed Kind = "disabled-deployed"
	Mismatch         Kind = "mismatch"
)

// Kinds are all kinds, in the order of their names.
var Kinds = [...]Kind{DisabledDeployed, Mismatch, NotDeclared, NotDeployed}

// Validate reports a kind that is none.
func (k Kind) Validate() error {
	if !slices.Contains(Kinds[:], k) {
		return errors.New("must be disabled-deployed, mismatch, not-declared or not-deployed")
	}
	return nil
}

// Finding is one thing that is wrong.
type Finding struct {
	Kind Kind
	// Component is nil where none declares the state, State where the component has
	// none.
	Component *Component
	State     *State
	// Differences are those of a mismatch: at least one.
	Differences []Difference
}

// Name is that of the component, or of the state that has none. No other finding of
// the kind has it.
func (f *Finding) Name() string {
	if f.Component != nil {
		return f.Component.Name
	}
	return f.State.Name
}

// Compare orders findings by name, then kind.
func (f *Finding) Compare(other *Finding) int {
	return cmp.Or(strings.Compare(f.Name(), other.Name()), cmp.Compare(f.Kind, other.Kind))
}

// Totals count everything that was compared, and the findings by kind.
type Totals struct {
	Components, States, Joined                           int
	NotDeployed, NotDeclared, DisabledDeployed, Mismatch int
}

// count counts a finding.
func (t *Totals) count(k Kind) {
	switch k {
	case NotDeployed:
		t.NotDeployed++
	case NotDeclared:
		t.NotDeclared++
	case DisabledDeployed:
		t.DisabledDeployed++
	case Mismatch:
		t.Mismatch++
	}
}

// Compare finds what is wrong between an environment's components and states, each
// listed once and in any order. The findings are sorted by [Finding.Compare] and refer
// to the rows that were given, which stay as they are.
func Compare(components []Component, states []State) ([]Finding, Totals) {
	declared := byName(components, func(c *Component) string { return c.Name })
	deployed := byName(states, func(s *State) string { return s.Name })
	joined := join(declared, deployed)
	totals := Totals{Components: len(components), States: len(states)}
	var findings []Finding
	for i, c := range declared {
		var state *State
		if s := joined.state[i]; s != alone {
			state = deployed[s]
			totals.Joined++
		}
		findings = append(findings, judge(c, state)...)
	}
	for i, s := range deployed {
		if joined.component[i] == alone && s.IsDeployed() {
			findings = append(findings, Finding{Kind: NotDeclared, State: s})
		}
	}
	for i := range findings {
		totals.count(findings[i].Kind)
	}
	slices.SortFunc(findings, func(a, b Finding) int { return a.Compare(&b) })
	return findings, totals
}

// judge says what is wrong with a component and its state, nil where it has none.
func judge(c *Component, s *State) (findings []Finding) {
	if s == nil || !s.IsDeployed() {
		if c.IsDeployable() {
			findings = append(findings, Finding{Kind: NotDeployed, Component: c, State: s})
		}
		return findings
	}
	if !c.IsDeployable() {
		findings = append(findings, Finding{Kind: DisabledDeployed, Component: c, State: s})
	}
	if differences := c.differences(s.URI); len(differences) > 0 {
		findings = append(findings, Finding{Kind: Mismatch, Component: c, State: s, Differences: differences})
	}
	return findings
}

// byName refers to the rows in the order of their names.
func byName[T any](rows []T, name func(*T) string) []*T {
	sorted := make([]*T, len(rows))
	for i := range rows {
		sorted[i] = &rows[i]
	}
	slices.SortFunc(sorted, func(a, b *T) int { return strings.Compare(name(a), name(b)) })
	return sorted
}
