package store

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/table"
)

// Share is what one source says of an entity: its head, and the document that
// declares it.
type Share struct {
	Source   uuid.UUID
	Head     drift.Head
	Document drift.Document
}

// Shares returns the shares of several records by entity, sorted by source id. A
// share whose head or document is gone is left out.
func (s *Store) Shares(ctx context.Context, records []*catalog.Record) (map[uuid.UUID][]Share, error) {
	var keys []table.Key
	for _, r := range records {
		for _, d := range r.Declarers {
			keys = append(keys, headKey(d.Source, d.Document, r.ID), documentKey(d.Source, d.Document))
		}
	}
	slices.SortFunc(keys, compareKeys)
	items, err := s.batchGet(ctx, slices.Compact(keys))
	if err != nil {
		return nil, err
	}
	found := make(map[table.Key]table.Item, len(items))
	for _, item := range items {
		found[item.Key] = item
	}
	shares := make(map[uuid.UUID][]Share, len(records))
	for _, r := range records {
		for _, d := range r.Declarers {
			share, ok, err := s.share(ctx, found, d, r.ID)
			if err != nil {
				return nil, err
			}
			if ok {
				shares[r.ID] = append(shares[r.ID], share)
			}
		}
	}
	return shares, nil
}

func (s *Store) share(ctx context.Context, found map[table.Key]table.Item, d catalog.Declarer, entity uuid.UUID) (share Share, ok bool, err error) {
	head, document := found[headKey(d.Source, d.Document, entity)], found[documentKey(d.Source, d.Document)]
	if head.Revision == 0 || document.Revision == 0 {
		return Share{}, false, nil
	}
	share.Source = d.Source
	if share.Head, err = s.head(ctx, head); err != nil {
		return Share{}, false, err
	}
	share.Document, err = s.document(ctx, document)
	return share, true, err
}

func compareKeys(a, b table.Key) int {
	if a.PK != b.PK {
		if a.PK < b.PK {
			return -1
		}
		return 1
	}
	switch {
	case a.SK < b.SK:
		return -1
	case a.SK > b.SK:
		return 1
	}
	return 0
}

// EntityCursor is the cursor behind an entity in a list that is sorted by entity id.
func EntityCursor(entity uuid.UUID) string { return idText(entity) }
