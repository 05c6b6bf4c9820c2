package scan

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/reader"
	"plumbline/internal/reconcile"
	"plumbline/internal/store"
)

// claim is one entity that a document declares, or no longer declares.
type claim struct {
	id       uuid.UUID
	declared *reader.Declared // nil: gone
}

// settle loads a few entities, decides each and applies the changes in one
// transaction. What is too much at once is settled by halves; what moved meanwhile is
// decided anew, alone.
func (s *set) settle(ctx context.Context, claims []claim) error {
	if len(claims) == 0 {
		return nil
	}
	if err := s.breathe(ctx); err != nil {
		return err
	}
	err := s.try(ctx, claims)
	switch half := len(claims) / 2; {
	case half > 0 && store.IsTooMuch(err):
		if err := s.settle(ctx, claims[:half]); err != nil {
			return err
		}
		return s.settle(ctx, claims[half:])
	case !errors.Is(err, store.ErrConflict) && !store.IsTooMuch(err):
		return err
	}
	for i := range claims {
		if err := s.alone(ctx, claims[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// alone applies the change of one entity, deciding anew each time that it moved. One
// that is too big to be stored is told, and stays as it was.
func (s *set) alone(ctx context.Context, one []claim) error {
	for attempt := 0; ; attempt++ {
		err := s.try(ctx, one)
		switch {
		case store.IsTooMuch(err) && one[0].declared != nil:
			s.refused(*one[0].declared, "too big to be stored")
			return nil
		case store.IsTooMuch(err):
			return s.tooBig(ctx, one[0].id)
		case !errors.Is(err, store.ErrConflict), attempt == retries:
			return err
		}
		if _, err := pause(ctx, attempt); err != nil {
			return err
		}
		if err := s.breathe(ctx); err != nil {
			return err
		}
	}
}

// try decides about entities as they are now, and stores all of it or nothing.
func (s *set) try(ctx context.Context, claims []claim) error {
	ids := make([]uuid.UUID, len(claims))
	for i, c := range claims {
		ids[i] = c.id
	}
	entries, err := s.Store.Load(ctx, s.source.ID, s.ID, ids)
	if err != nil {
		return err
	}
	s.sum.ItemsRead += 2 * len(ids)
	writes := make([]store.Write, 0, len(entries))
	for i, e := range entries {
		w, ok, err := s.decide(ctx, e, claims[i].declared)
		if err != nil {
			return err
		}
		if ok {
			writes = append(writes, w)
		}
	}
	return s.store(ctx, writes)
}

// decide is what becomes of one entity; ok is false where nothing may.
func (s *set) decide(ctx context.Context, e store.Entry, declared *reader.Declared) (w store.Write, ok bool, err error) {
	c := s.caseOf(e)
	if s.doubts(e) {
		if declared != nil {
			s.sum.Counts.Unchanged++
		}
		return w, false, nil
	}
	if declared == nil {
		if e.HeadDocument != s.ID {
			return w, false, nil // it moved to another document meanwhile
		}
	} else {
		if s.elsewhere(e, *declared) {
			return w, false, nil
		}
		if c.Declared = s.harden(e, *declared); s.blind() {
			blinded(e, c.Declared)
		}
	}
	w = store.Write{Source: s.source, Document: s.ID, Entry: e, Change: reconcile.Entity(c), Delta: s.delta(c), Actor: s.actor(), ScanID: s.scan.ID, At: s.Now()}
	if len(w.Change.Scrub) > 0 && !s.req.DryRun {
		err = s.scrub(ctx, e.EntityID, w.Change.Scrub)
	}
	return w, true, err
}

func (s *set) caseOf(e store.Entry) reconcile.Case {
	c := reconcile.Case{EntityID: e.EntityID, EnvID: s.source.EnvID, Source: s.source.ID, Document: s.ID,
		Policy: s.source.Settings.Policy, Prune: s.source.Settings.Prune, Literal: s.source.Settings.Literal, Reread: s.reread,
		Head: e.Head, Pending: e.Pending, Record: e.Record, Others: e.Others}
	if s.look != nil {
		c.Policy, c.Prune = s.look.Policy, s.look.Prune
	}
	return c
}

func (s *set) store(ctx context.Context, writes []store.Write) error {
	if !s.req.DryRun {
		items, err := s.Store.Apply(ctx, &s.lease, writes)
		if err != nil {
			return err
		}
		s.sum.ItemsWritten += items
	}
	for _, w := range writes {
		s.gains.count(w)
		s.sum.change(w, s.touchedAgain(w))
	}
	return nil
}

// touchedAgain: the rest of a scan that stops here would look at the entity anew.
func (s *set) touchedAgain(w store.Write) bool {
	head := w.Entry.Head
	if w.Change.Head != nil {
		head = *w.Change.Head
	}
	if s.full() && head.Status != drift.Current {
		return true
	}
	return s.source.Settings.Policy == drift.AutoUpdate && (head.Proposal != uuid.Nil || len(head.Rejected) > 0)
}
