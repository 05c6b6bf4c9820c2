package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/table"
)

// scopeRecord is a claim on a scope. It counts as long as its document is there: one
// whose document is gone and released is anybody's. Whoever claims has a record already,
// save in scans of earlier versions: see [Store.InheritScope].
type scopeRecord struct {
	Source   uuid.UUID `json:"source"`
	Document string    `json:"document"`
}

// ScopeTakenError is [ErrScopeTaken] with the uri of the document that has the scope, ""
// where it has none.
type ScopeTakenError struct{ By string }

func (e *ScopeTakenError) Error() string {
	if e.By == "" {
		return ErrScopeTaken.Error()
	}
	return fmt.Sprintf("%v: it belongs to %s, until that object is gone and the scan held for it released by force",
		ErrScopeTaken, e.By)
}

func (e *ScopeTakenError) Unwrap() error { return ErrScopeTaken }

// ClaimScope gives a scope of an environment to a document of a source, as long as that
// document is there; [*ScopeTakenError] when another document has it. The document's
// record must be there already, and not say that it is gone: whoever claims at the same
// time looks at that.
func (s *Store) ClaimScope(ctx context.Context, held Lease, env uuid.UUID, scope, document string) error {
	claim := scopeRecord{Source: held.Source, Document: document}
	for {
		revision, when, err := s.claimable(ctx, env, scope, claim)
		if err != nil {
			return err
		}
		item := table.Item{Key: scopeKey(env, scope), Revision: revision, Body: small(claim)}
		err = held.lost(s.table.Write(ctx, held.check(), table.Put(item, when)))
		if !errors.Is(err, ErrConflict) {
			return err
		}
	}
}

// claimable is the revision that a claim is written with, and the condition; else
// [*ScopeTakenError]. A claim of one's own is written anew, so that nobody takes it who
// saw the document gone.
func (s *Store) claimable(ctx context.Context, env uuid.UUID, scope string, claim scopeRecord) (int64, table.Condition, error) {
	item, err := s.get(ctx, scopeKey(env, scope))
	if errors.Is(err, ErrNotFound) {
		return s.first(), table.Absent, nil
	}
	if err != nil {
		return 0, table.Absent, err
	}
	var taken scopeRecord
	if err := s.decode(ctx, item, &taken); err != nil {
		return 0, table.Absent, err
	}
	if taken != claim {
		err := s.holds(ctx, taken)
		if errors.Is(err, ErrNotFound) && taken.Source != claim.Source {
			err = &ScopeTakenError{}
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return 0, table.Absent, err
		}
	}
	return item.Revision + 1, table.At(item.Revision), nil
}

// holds is [*ScopeTakenError] while the document of a claim is there, [ErrNotFound] where
// it has no record.
func (s *Store) holds(ctx context.Context, claim scopeRecord) error {
	d, err := s.Document(ctx, claim.Source, claim.Document)
	switch {
	case err != nil:
		return err
	case d.Gone:
		return nil
	}
	return &ScopeTakenError{By: d.URI}
}

// ScopeFree is [*ScopeTakenError] where a document other than the source's has a scope of
// an environment; "" for the document means any of the source.
func (s *Store) ScopeFree(ctx context.Context, source, env uuid.UUID, scope, document string) error {
	item, err := s.get(ctx, scopeKey(env, scope))
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var taken scopeRecord
	if err := s.decode(ctx, item, &taken); err != nil {
		return err
	}
	if taken.Source == source && (document == "" || taken.Document == document) {
		return nil
	}
	if err := s.holds(ctx, taken); !errors.Is(err, ErrNotFound) {
		return err
	}
	return nil
}

// FreeScope gives a scope back when its document is taken out of the source for
// good; a scope of another document stays.
func (s *Store) FreeScope(ctx context.Context, held Lease, env uuid.UUID, scope, document string) error {
	k := scopeKey(env, scope)
	item, err := s.get(ctx, k)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var taken scopeRecord
	if err := s.decode(ctx, item, &taken); err != nil {
		return err
	}
	if taken != (scopeRecord{Source: held.Source, Document: document}) {
		return nil
	}
	return held.lost(s.table.Write(ctx, held.check(), table.Delete(k, table.At(item.Revision))))
}

// DropDocument removes the record of a document of which nothing was ever applied.
func (s *Store) DropDocument(ctx context.Context, held Lease, d drift.Document) error {
	return held.lost(s.table.Write(ctx, held.check(), table.Delete(documentKey(held.Source, d.ID), table.At(d.Revision))))
}
