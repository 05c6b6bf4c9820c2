package catalog

// Action is something that can be run on entities, e.g. to open a pull request.
// Plumbline records actions and runs none.
type Action struct {
	// Name is unique in a project; see [CheckTypeName].
	Name string
	// Spec is the object of all other fields, as they came; nil where there are none.
	Spec Value
}

// Validate reports everything that is wrong with the action.
func (a Action) Validate() Problems {
	var problems Problems
	problems.check("name", CheckTypeName(a.Name))
	return problems
}
