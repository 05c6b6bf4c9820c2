// Package readers names the reader of each kind of source. What scans links it, what
// only answers does not.
//
// Its one invariant: every kind has one. Start at [All].
package readers

import (
	"plumbline/internal/drift"
	"plumbline/internal/reader"
	"plumbline/internal/reader/atmos"
	"plumbline/internal/reader/tfstate"
)

// All are the readers by kind of source: a new one is registered here.
func All() map[drift.Kind]reader.Reader {
	return map[drift.Kind]reader.Reader{
		drift.KindTFState: &tfstate.Reader{},
		drift.KindAtmos:   &atmos.Reader{},
	}
}
