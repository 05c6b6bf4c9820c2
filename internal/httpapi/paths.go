package httpapi

import "net/url"

// projectPath is the beginning of every path.
type projectPath struct {
	Organisation string `path:"o" doc:"Organisation"`
	Project      string `path:"p" doc:"Project"`
}

// list names a list of the project.
func (p projectPath) list(operation string, filters ...string) list {
	return append(list{operation, p.Organisation, p.Project}, filters...)
}

// sourcePath names a source.
type sourcePath struct {
	projectPath
	ID string `path:"id" doc:"Id of the import source"`
}

// proposalPath names a proposal of a source.
type proposalPath struct {
	sourcePath
	ProposalID string `path:"proposalId" doc:"Id of the drift proposal"`
}

// environmentPath names an environment.
type environmentPath struct {
	projectPath
	Environment string `path:"env" doc:"Name of the environment"`
}

// typePath names an entity type.
type typePath struct {
	projectPath
	Name string `path:"name" doc:"Name of the entity type"`
}

// nothing is the answer without a body.
type nothing struct{}

// created is the header that says where a new thing is, relative to the request's
// path.
func created(collection, name string) string { return collection + "/" + url.PathEscape(name) }

// body is an answer that is a body alone.
type body[T any] struct{ Body T }

func bodyOf[T any](v T, err error) (*body[T], error) {
	if err != nil {
		return nil, err
	}
	return &body[T]{Body: v}, nil
}

// cursorOrNull seals the cursor of the next page, null for none.
func cursorOrNull(l list, next string) *string { return textOrNull(l.seal(next)) }
