// Package deployment compares what Atmos components declare with the Terraform states
// that deploy them: what is not deployed, not declared, deployed although it should not
// be, or deployed elsewhere than its backend says. It is pure: no context, clock or I/O.
//
// Its one invariant: a component and a state are in at most one pair, and the same rows
// in any order give the same findings.
//
// A component meets its state where its backend and workspace put it, else by name. The
// rules follow one another, each in the order of names:
//
//	component              the state lies                            its name
//	---------------------  ----------------------------------------  --------
//	is to be deployed      where it should                           equal
//	is to be deployed      where it should                           any
//	disabled or abstract   where it should                           equal
//	disabled or abstract   where it should                           any
//	any                    anywhere                                  equal
//	any                    at <component>/<stack>/terraform.tfstate  any
//
// The place comes first, for Terraform looks nowhere else: a state that merely has the
// name is what a component left behind when its backend changed. What a pair tells, and
// what has no other half:
//
//	component              state               finding
//	---------------------  ------------------  -------------------------------------
//	is to be deployed      none, or empty      not-deployed
//	is to be deployed      holds resources     mismatch, where it lies elsewhere
//	disabled or abstract   none, or empty      -
//	disabled or abstract   holds resources     disabled-deployed; mismatch as well,
//	                                           where it lies elsewhere
//	none                   holds resources     not-declared
//	none                   empty               -
//
// Start at [Compare]; place.go says where a backend puts a state, row.go what of an
// entity is compared.
package deployment

import "github.com/google/uuid"

// Component is an `atmos.component` of type terraform, as one environment declares it.
type Component struct {
	Entity uuid.UUID
	// Name is the entity's: "<stack>/<component>". Unique among components.
	Name string
	// Source and Document are of the declaration.
	Source   uuid.UUID
	Document string
	Enabled  bool
	Abstract bool
	// Workspace is the one that Terraform is given.
	Workspace Part
	// BackendType is "s3", "gcs" and so on; "" where none is declared.
	BackendType string
	// Bucket, KeyPrefix (workspace_key_prefix) and Key are of an s3 backend, with its
	// defaults where it leaves them out.
	Bucket, KeyPrefix, Key Part
}

// IsDeployable reports whether the component is meant to have a state.
func (c *Component) IsDeployable() bool { return c.Enabled && !c.Abstract }

// Part is a text that decides where a state lies. The zero value is one that is not
// known: left out, an expression that nobody resolved, or a redacted secret.
type Part struct {
	Text  string
	Known bool
}

// State is a `terraform.state` of an environment.
type State struct {
	Entity uuid.UUID
	// Name is the entity's: its document's scope. Unique among states.
	Name string
	// Source and Document are of the declaration.
	Source   uuid.UUID
	Document string
	// URI is where the state lies, "" where that is not known: it was pushed.
	URI string
	// Resources is how many the state holds, or [Uncounted].
	Resources int
}

// Uncounted is the number of resources of a state that does not tell it.
const Uncounted = -1

// IsDeployed reports whether the state stands for something. One that does not tell
// how much it holds does.
func (s *State) IsDeployed() bool { return s.Resources != 0 }
