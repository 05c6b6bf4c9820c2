package scan

import (
	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
)

// delta is how the declaration differs from the one before. None is told of pushed
// relationships, which are no entities to those who ask, nor of a source that is
// being deleted.
func (s *set) delta(c reconcile.Case) reconcile.Delta {
	if s.Kind == drift.DocumentRelationships || s.source.Deleting {
		return reconcile.Delta{}
	}
	return reconcile.DeltaOf(c)
}

// delta counts and names an entity that is declared otherwise; "" is none.
func (s *summary) delta(kind drift.Delta, name drift.Name) {
	if kind == "" {
		return
	}
	s.Deltas.Counts.Count(kind, 1)
	names := s.Deltas.List(kind)
	*names = capped(*names, name)
}
