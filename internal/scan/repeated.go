package scan

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/reader"
)

// repetition is one entity that a document declares more than once.
type repetition struct {
	name   string
	places []string // the first few
}

// maxPlaces bounds the places that are told of one repetition.
const maxPlaces = 5

// repeated reports what the document declares more than once, by name and place: none of
// its declarations is applied, and the entity is not gone.
func (s *set) repeated(ctx context.Context, ids []uuid.UUID) error {
	if len(ids) == 0 {
		return nil
	}
	s.complete = false
	for _, id := range ids {
		s.kept[id] = true
	}
	told := ids[:min(len(ids), drift.MaxProblems)]
	found := map[uuid.UUID]*repetition{}
	wanted := func(id uuid.UUID) bool {
		_, is := slices.BinarySearchFunc(told, id, compareID)
		return is
	}
	err := s.reading.Bodies(ctx, wanted, func(d reader.Declared) error {
		r := found[d.ID]
		if r == nil {
			r = &repetition{name: d.Entity.Name}
			found[d.ID] = r
		}
		if d.Place != "" && len(r.places) < maxPlaces {
			r.places = append(r.places, d.Place)
		}
		return s.breathe(ctx)
	})
	if err != nil {
		return fmt.Errorf("read %s again: %w", s.URI, err)
	}
	for _, id := range ids {
		const reason = "declared more than once in the document: no declaration is applied"
		if r := found[id]; r != nil {
			s.sum.fault(s.URI, r.name, strings.Join(r.places, "; "), reason)
		} else {
			s.sum.fault(s.URI, "", "", reason) // behind the list's end
		}
	}
	return nil
}

// tooBig reports an entity that is gone, but whose change cannot be stored.
func (s *set) tooBig(ctx context.Context, id uuid.UUID) error {
	entries, err := s.Store.Load(ctx, s.source.ID, s.ID, []uuid.UUID{id})
	if err != nil {
		return err
	}
	name := ""
	for _, e := range entries {
		if e.Record != nil {
			name = e.Record.Entity.Name
		}
	}
	s.sum.fault(s.URI, name, "", "its change is too big to be stored")
	return nil
}

// documentName is how a document of the source is told to a person.
func (r *run) documentName(id string) string {
	for _, uri := range []string{r.closed[id], r.known[id].URI} {
		if uri != "" {
			return uri
		}
	}
	return "another document"
}
