package tfstate

import (
	"plumbline/internal/catalog"
	"plumbline/internal/reader"
)

// handler is told what a pass finds, in the document's order. What it is given is
// valid only during the call. Its errors end the pass and are returned as they are.
type handler interface {
	instance(*instance) error
	output(*output) error
	// checks is given the elements of check_results, canonical, as one array.
	checks(catalog.Value)
	// failed is what cannot be declared, and its address as far as it has one.
	failed(local string, p reader.Problem)
	// invalid is an instance that cannot be declared, and why.
	invalid(in *instance, reason string)
	// lost is an instance that cannot even be named, which was reported: the secrets that
	// it marks may stand elsewhere.
	lost(*instance)
	warn(reader.Problem)
}

// instance is one object of a resource, whatever version it was written in.
type instance struct {
	address Address
	deposed string // the deposed key; "" for the current object
	tainted bool
	// wrongKey and wrongDeposed show what stands in place of an index key or a deposed
	// key and is none.
	wrongKey, wrongDeposed string
	provider               string // as written
	// attributes and identity are JSON objects, sensitive the array of paths; empty
	// where the document has none.
	attributes, sensitive, identity []byte
	// dependencies and dependsOn are JSON arrays of addresses; those of dependsOn are
	// relative to the module.
	dependencies, dependsOn []byte
	place                   place
}

// output is one output of the root module: value and kind (its type) are JSON, empty
// where the document has none.
type output struct {
	name        string
	value, kind []byte
	sensitive   bool
	place       place
}

// place is where something starts. Its path is made when it is asked for, which must
// be before the decoder goes on.
type place struct {
	stream *stream
	offset int64
}

// problem is what is wrong at the place.
func (p place) problem(reason string) reader.Problem {
	if p.stream == nil {
		return reader.Problem{Offset: -1, Reason: reason}
	}
	problem := p.stream.here(reason)
	problem.Offset = p.offset
	return problem
}

// start is the place that the decoder has come to.
func (s *stream) start() place { return place{s, s.skipped + s.InputOffset()} }
