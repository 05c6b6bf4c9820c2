package store

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/google/uuid"

	"plumbline/internal/table"
)

// Attributes are the names of the attributes of entity types, by type, that a document
// had when it was applied last.
type Attributes struct {
	Types    map[string][]string // sorted names
	revision int64
}

type attributesRecord struct {
	Types map[string][]string `json:"types"`
}

// Attributes returns those of a document, none for one that has left none.
func (s *Store) Attributes(ctx context.Context, source uuid.UUID, document string) (Attributes, error) {
	item, err := s.get(ctx, attributesKey(source, document))
	if errors.Is(err, ErrNotFound) {
		return Attributes{}, nil
	}
	if err != nil {
		return Attributes{}, err
	}
	var r attributesRecord
	err = s.decode(ctx, item, &r)
	return Attributes{Types: r.Types, revision: item.Revision}, err
}

// SaveAttributes replaces those of a document as they were read, under the lease of the
// scan. The same ones are not written again.
func (s *Store) SaveAttributes(ctx context.Context, held Lease, document string, read Attributes, types map[string][]string) error {
	if maps.EqualFunc(read.Types, types, slices.Equal[[]string]) {
		return nil
	}
	k := attributesKey(held.Source, document)
	body, err := s.encode(ctx, "attributes/"+idText(held.Source)+"/"+digestText(document), attributesRecord{Types: types})
	if err != nil {
		return err
	}
	when, revision := table.At(read.revision), read.revision+1
	if read.revision == 0 {
		when, revision = table.Absent, s.first()
	}
	return held.lost(s.table.Write(ctx, held.check(), table.Put(table.Item{Key: k, Revision: revision, Body: body}, when)))
}
