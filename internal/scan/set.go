package scan

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/parallel"
	"plumbline/internal/reader"
	"plumbline/internal/reader/redact"
	"plumbline/internal/reconcile"
	"plumbline/internal/store"
)

// set is what one document declares, on its way into the catalogue.
type set struct {
	*run
	*document
	reading reader.Reading
	index   *reconcile.Index
	// kept are entities whose declaration could not be used: they are neither
	// compared nor gone.
	kept map[uuid.UUID]bool
	// keepAll: a declaration could not be used and it is not known which.
	keepAll bool
	// look overrides how closely is looked, nil for the source's own policy.
	look *reconcile.Look
	keys *redact.Keys
	// reread: see [reconcile.Case].
	reread bool
	// gains are those of the schemas, nil where the document tells none.
	gains *gains
	// uncertain is [reader.Facts].Uncertain, nil where everything was read.
	uncertain func(*catalog.Entity) bool
}

// batchSize is how many entities are read, decided and applied at once. A creation
// takes eight items or nine of a transaction's hundred.
const batchSize = 11

// problems notes the declarations that the reader could not use, and those that
// stand twice.
func (s *set) problems(ctx context.Context, facts reader.Facts) error {
	for _, p := range facts.Failed {
		s.complete = false
		s.sum.failure(s.URI, p)
		if p.ID == uuid.Nil {
			s.keepAll = s.keepAll || facts.Uncertain == nil
			continue
		}
		s.kept[p.ID] = true
	}
	for _, p := range facts.Warnings {
		s.sum.warn(s.URI, p.Name, p.String())
	}
	s.keys = s.Keys.For(s.source.Organisation)
	repeated := slices.DeleteFunc(s.index.Seal(), func(id uuid.UUID) bool { return s.kept[id] })
	s.index.Without(func(id uuid.UUID) bool { return s.kept[id] })
	return s.repeated(ctx, repeated)
}

// compare finds what is worth a closer look.
func (s *set) compare(ctx context.Context) (reconcile.Comparison, error) {
	look := reconcile.Look{Policy: s.source.Settings.Policy, Prune: s.source.Settings.Prune, Literal: s.source.Settings.Literal, All: s.blind(),
		Full:     s.full(),
		Rotating: s.before.KeyID != "" && s.before.KeyID != s.Keys.WritingID() && s.Keys.Has(s.before.KeyID),
		Keep:     func(id uuid.UUID) bool { return s.keepAll || s.kept[id] }}
	if s.look != nil {
		look.Policy, look.Prune = s.look.Policy, s.look.Prune
	}
	return reconcile.Compare(s.index, s.heads(ctx), look)
}

// full: every entity that is not current is looked at.
func (s *set) full() bool {
	return s.req.Full || s.before.Basis.SettingsRevision != s.source.SettingsRevision
}

// heads are the document's, counted.
func (s *set) heads(ctx context.Context) iter.Seq2[drift.Head, error] {
	return func(yield func(drift.Head, error) bool) {
		for head, err := range s.Store.Heads(ctx, s.source.ID, s.ID) {
			s.sum.ItemsRead++
			if !yield(head, err) {
				return
			}
		}
	}
}

// apply works through what [set.compare] found: pass two for what is declared, then
// what is gone.
func (s *set) apply(ctx context.Context, c reconcile.Comparison) error {
	s.sum.Counts.Declared += s.index.Len()
	s.sum.Counts.Unchanged += c.Unchanged
	s.sum.Counts.Drifted += c.Drifted
	var chunk []reader.Declared
	flush := func() error {
		err := s.declared(ctx, chunk)
		chunk = chunk[:0]
		return err
	}
	if len(c.Touched) > 0 {
		wanted := func(id uuid.UUID) bool {
			_, found := slices.BinarySearchFunc(c.Touched, id, compareID)
			return found
		}
		err := parallel.Call(func() error {
			return s.reading.Bodies(ctx, wanted, func(d reader.Declared) error {
				if chunk = append(chunk, d); len(chunk) < batchSize {
					return nil
				}
				return flush()
			})
		})
		if err != nil {
			return fmt.Errorf("read %s again: %w", s.URI, err)
		}
		if err := flush(); err != nil {
			return err
		}
	}
	for gone := range slices.Chunk(c.Gone, batchSize) {
		if err := s.gone(ctx, gone); err != nil {
			return err
		}
	}
	return nil
}

// declared decides and applies a few declarations.
func (s *set) declared(ctx context.Context, chunk []reader.Declared) error {
	if len(chunk) == 0 {
		return nil
	}
	valid := make([]reader.Declared, 0, len(chunk))
	for _, d := range chunk {
		if s.index.Has(d.ID) {
			d, ok, err := s.check(ctx, d)
			if err != nil {
				return err
			}
			if ok {
				valid = append(valid, d)
			}
		}
	}
	claims := make([]claim, len(valid))
	for i := range valid {
		claims[i] = claim{id: valid[i].ID, declared: &valid[i]}
	}
	return s.settle(ctx, claims)
}

func (s *set) gone(ctx context.Context, ids []uuid.UUID) error {
	claims := make([]claim, len(ids))
	for i, id := range ids {
		claims[i].id = id
	}
	return s.settle(ctx, claims)
}

// check holds a declaration against its entity type; what does not fit is not
// applied and not gone.
func (s *set) check(ctx context.Context, d reader.Declared) (reader.Declared, bool, error) {
	problems, err := s.types.check(ctx, s.run, &d.Entity)
	if err != nil {
		return d, false, err
	}
	if len(problems) == 0 {
		return d, true, nil
	}
	s.refused(d, problems.Error())
	return d, false, nil
}

// elsewhere reports, and notes, that another document of the source still declares
// the entity: both are told, neither is applied. A push takes the place of what was
// pulled and the other way round.
func (s *set) elsewhere(e store.Entry, d reader.Declared) bool {
	if e.Head.Revision == 0 || e.HeadDocument == s.ID || e.Head.Status == drift.Missing {
		return false
	}
	if s.kindOf(e.HeadDocument).IsPushed() != s.Kind.IsPushed() {
		return false
	}
	if s.kept[d.ID] {
		return true // noted already
	}
	s.kept[d.ID] = true
	s.refused(d, fmt.Sprintf("declared by %s of the same source, too: neither is applied", s.documentName(e.HeadDocument)))
	return true
}

// refused tells a declaration that could be read, but not applied.
func (s *set) refused(d reader.Declared, reason string) {
	s.complete = false
	s.sum.Counts.Declared--
	s.sum.fault(s.URI, d.Entity.Name, d.Place, reason)
}

func (r *run) actor() string {
	if r.req.Actor != "" {
		return r.req.Actor
	}
	return string(r.req.Trigger)
}

func compareID(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }
