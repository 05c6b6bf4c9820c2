// Package drift holds what Plumbline records about sources: the [Source], its
// documents, the [Scan], the [Head] of each entity that it declares and the [Proposal],
// and when a source is due. It knows neither AWS, storage nor transport.
//
// Its one invariant: every kind, policy and status is one of those that this package
// names, which Validate of its type checks. How they follow one another is decided by
// the packages reconcile, scan and review.
//
// Start at [Source], then [Scan] and [Head].
package drift

import "fmt"

// Kind says how a source's documents are read.
type Kind string

const (
	KindTFState Kind = "tf-state"
	KindAtmos   Kind = "atmos-manifests"
)

// Validate reports a kind that Plumbline does not know.
func (k Kind) Validate() error {
	switch k {
	case KindTFState, KindAtmos:
		return nil
	}
	return fmt.Errorf("source kind %q: want %q or %q", k, KindTFState, KindAtmos)
}

// IsScoped reports whether each document has a scope of its own, which the names of its
// entities begin with. Atmos names what it declares by the stack, after the scope that
// the source may set.
func (k Kind) IsScoped() bool { return k == KindTFState }

// IsLocked reports whether a writer may hold a lock beside an object of the kind.
func (k Kind) IsLocked() bool { return k == KindTFState }

// IsWhole reports whether all objects below a prefix are one document.
func (k Kind) IsWhole() bool { return k == KindAtmos }

// Policy says what a scan does with a difference.
type Policy string

const (
	// AutoUpdate applies what a source declares.
	AutoUpdate Policy = "auto-update"
	// HumanApproval holds changes of existing entities as proposals.
	HumanApproval Policy = "human-approval"
)

// Validate reports a policy that Plumbline does not know.
func (p Policy) Validate() error {
	switch p {
	case AutoUpdate, HumanApproval:
		return nil
	}
	return fmt.Errorf("reconciliation policy %q: want %q or %q", p, AutoUpdate, HumanApproval)
}

// Status is the drift status of an entity, for one source or over all of them.
type Status string

const (
	// Current: recorded as declared.
	Current Status = "current"
	// Stale: current, but its document was not scanned for [StaleAfter]. Never
	// stored; computed from the document's scan time.
	Stale Status = "stale"
	// Unknown: current when its document was last read, which a later scan could not: the
	// document is held, locked, or could not be read. Never stored, as [Stale].
	Unknown Status = "unknown"
	// Drifted: declared otherwise than recorded.
	Drifted Status = "drifted"
	// Missing: gone from the last scan of the document that declared it.
	Missing Status = "missing"
)

// Validate reports a status that Plumbline does not know.
func (s Status) Validate() error {
	if s.Severity() == 0 {
		return fmt.Errorf("drift status %q: want current, drifted, stale, unknown or missing", s)
	}
	return nil
}

// Severity orders statuses: missing > drifted > unknown > stale > current; 0 is none.
func (s Status) Severity() int {
	switch s {
	case Current:
		return 1
	case Stale:
		return 2
	case Unknown:
		return 3
	case Drifted:
		return 4
	case Missing:
		return 5
	}
	return 0
}

// Worst is the status of an entity over its sources: the worst of them, but missing
// only when every one is missing. No status at all is [Current].
func Worst(statuses ...Status) Status {
	worst, missing := Current, 0
	for _, s := range statuses {
		if s == Missing {
			missing++
			continue
		}
		if s.Severity() > worst.Severity() {
			worst = s
		}
	}
	if missing > 0 && missing == len(statuses) {
		return Missing
	}
	return worst
}
