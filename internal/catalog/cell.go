package catalog

// Cell is a placement group with a capacity. Plumbline records cells and does not
// place anything in them.
type Cell struct {
	// Name is unique in a project; see [CheckTypeName].
	Name string
	// Spec is the object of all other fields, as they came; nil where there are none.
	Spec Value
}

// Validate reports everything that is wrong with the cell.
func (c Cell) Validate() Problems {
	var problems Problems
	problems.check("name", CheckTypeName(c.Name))
	return problems
}
