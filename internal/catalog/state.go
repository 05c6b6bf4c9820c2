package catalog

import "slices"

// States that every entity type has without declaring them.
const (
	StateActive = "active"
	StateFailed = "failed"
)

// MaxStateBytes is the limit on the name of a state.
const MaxStateBytes = 100

// validateStates reports states that are no names or repeated.
func validateStates(states []string) Problems {
	var problems Problems
	seen := map[string]bool{}
	for i, state := range states {
		problems.check(fieldAt("states", i), checkText(state, MaxStateBytes))
		if seen[state] {
			problems.add(fieldAt("states", i), "is repeated")
		}
		seen[state] = true
	}
	return problems
}

// checkState reports a state that is neither declared nor implicit; "" passes.
func checkState(state string, states []string, implicit ...string) Problems {
	if state == "" || slices.Contains(states, state) || slices.Contains(implicit, state) {
		return nil
	}
	return Problems{{"state", "is not a state of the type"}}
}
