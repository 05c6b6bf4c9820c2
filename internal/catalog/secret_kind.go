package catalog

// SecretKind is the declaration that a secret of that name exists. It never holds
// the value, which is set apart, per environment. (A redacted value is [Secret].)
type SecretKind struct {
	// Name is unique in a project; see [CheckTypeName].
	Name string
	// Description is for people; "" where there is none.
	Description string
}

// Validate reports everything that is wrong with the declaration.
func (s SecretKind) Validate() Problems {
	var problems Problems
	problems.check("name", CheckTypeName(s.Name))
	return problems
}
