package scan

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
	"plumbline/internal/store"
)

// doubt takes out of what is gone whatever a piece of the document that could not be
// read may have declared: it keeps its status.
func (s *set) doubt(ctx context.Context, c *reconcile.Comparison) error {
	if s.uncertain == nil || len(c.Gone) == 0 {
		return nil
	}
	var gone []uuid.UUID
	for chunk := range slices.Chunk(c.Gone, batchSize) {
		if err := s.breathe(ctx); err != nil {
			return err
		}
		entries, err := s.Store.Load(ctx, s.source.ID, s.ID, chunk)
		if err != nil {
			return err
		}
		s.sum.ItemsRead += 2 * len(chunk)
		for _, e := range entries {
			switch {
			case !s.doubts(e):
				gone = append(gone, e.EntityID)
			case e.Head.Status != drift.Missing:
				c.Vanishing--
			}
		}
	}
	c.Gone = gone
	return nil
}

// doubts reports whether an entity is, in whole or in part, what could not be read.
func (s *set) doubts(e store.Entry) bool {
	return s.uncertain != nil && e.Record != nil && s.uncertain(&e.Record.Entity)
}
