package httpapi

import "net/url"

// ProjectPath is the beginning of every path. (huma reads embedded fields of exported
// types only, hence the capitals of the types that are embedded.)
type ProjectPath struct {
	Organisation string `path:"o" doc:"Organisation"`
	Project      string `path:"p" doc:"Project"`
}

// SourcePath names a source.
type SourcePath struct {
	ProjectPath
	ID string `path:"id" doc:"Id of the import source"`
}

// ProposalPath names a proposal of a source.
type ProposalPath struct {
	SourcePath
	ProposalID string `path:"proposalId" doc:"Id of the drift proposal"`
}

// ScanPath names a scan of a source.
type ScanPath struct {
	SourcePath
	ScanID string `path:"scanId" doc:"Id of the scan"`
}

// EnvironmentPath names an environment.
type EnvironmentPath struct {
	ProjectPath
	Environment string `path:"env" doc:"Name of the environment"`
}

// TypePath names an entity type.
type TypePath struct {
	ProjectPath
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
