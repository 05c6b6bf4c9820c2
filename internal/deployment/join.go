package deployment

import "slices"

// pairs holds for each component the index of its state, and for each state that of
// its component; alone where there is none.
type pairs struct{ state, component []int }

const alone = -1

// join finds the pairs, by the rules of the package comment. Both lists are sorted by
// name.
func join(components []*Component, states []*State) pairs {
	p := pairs{state: lonely(len(components)), component: lonely(len(states))}
	p.byPlace(components, states)
	p.byName(components, states, func(s *State) string { return s.Name })
	p.byName(components, states, (*State).layoutName)
	return p
}

func lonely(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = alone
	}
	return list
}

// byPlace joins components to states that lie where they should.
func (p pairs) byPlace(components []*Component, states []*State) {
	at := make(map[string][]int, len(states))
	for s, state := range states {
		if state.URI != "" {
			at[state.URI] = append(at[state.URI], s)
		}
	}
	candidates := make([][]int, len(components))
	for c, component := range components {
		candidates[c] = at[component.ExpectedURI()]
	}
	for _, rule := range []struct{ deployable, sameName bool }{{true, true}, {true, false}, {false, true}, {false, false}} {
		for c, component := range components {
			if component.IsDeployable() != rule.deployable {
				continue
			}
			for _, s := range candidates[c] {
				if !rule.sameName || states[s].Name == component.Name {
					p.pair(c, s)
				}
			}
		}
	}
}

// byName joins what is left and has one name. Of several states with one the first
// counts.
func (p pairs) byName(components []*Component, states []*State, name func(*State) string) {
	named := make(map[string]int, len(states))
	for s, state := range slices.Backward(states) {
		if p.component[s] == alone {
			named[name(state)] = s
		}
	}
	for c, component := range components {
		if s, ok := named[component.Name]; ok {
			p.pair(c, s)
		}
	}
}

// pair joins the two, if both are alone.
func (p pairs) pair(c, s int) {
	if p.state[c] == alone && p.component[s] == alone {
		p.state[c], p.component[s] = s, c
	}
}
