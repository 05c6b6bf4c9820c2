package report

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"plumbline/internal/drift"
	"plumbline/internal/store"
)

// nameKey is the cursor behind an entity in a list by name, then type.
func nameKey(name, entityType string) string { return name + store.NameBreak + entityType }

func (e DriftEntity) key() string { return nameKey(e.Name, e.EntityType) }

// checkNameKey refuses a cursor that no list by name has made.
func checkNameKey(cursor string) error {
	if cursor != "" && !strings.Contains(cursor, store.NameBreak) {
		return store.ErrBadCursor
	}
	return nil
}

// sparse is a page of the drifted and missing entities, which have entries of their own:
// few enough to be read whole and sorted.
func (r *Reporter) sparse(ctx context.Context, source drift.Source, f DriftFilter, span Span) (Page[DriftEntity], error) {
	if err := checkNameKey(span.Cursor); err != nil {
		return Page[DriftEntity]{}, err
	}
	var all []store.Listed
	for _, status := range f.Statuses {
		for cursor := ""; ; {
			listed, next, err := r.Store.SourceEntities(ctx, source.ID, status, cursor, sparseChunk)
			if err != nil {
				return Page[DriftEntity]{}, err
			}
			for _, l := range listed {
				if (f.EntityType == "" || l.EntityType == f.EntityType) && nameKey(l.Name, l.EntityType) > span.Cursor {
					all = append(all, l)
				}
			}
			if cursor = next; cursor == "" {
				break
			}
		}
	}
	slices.SortFunc(all, func(a, b store.Listed) int {
		return cmp.Or(cmp.Compare(nameKey(a.Name, a.EntityType), nameKey(b.Name, b.EntityType)), cmp.Compare(a.ID.String(), b.ID.String()))
	})
	all = slices.CompactFunc(all, func(a, b store.Listed) bool { return a.ID == b.ID }) // moved from one list to the other meanwhile
	var page Page[DriftEntity]
	if len(all) > span.Limit {
		all = all[:span.Limit]
		page.Next = nameKey(all[span.Limit-1].Name, all[span.Limit-1].EntityType)
	}
	entities, err := r.ofSource(ctx, source, all)
	for _, e := range entities {
		if f.admits(e) {
			page.Items = append(page.Items, e)
		}
	}
	return page, err
}

// sparseChunk is how many entries of a status are read at once.
const sparseChunk = 1000

// ofSource gives listed entities as the source sees them, in their order. One that it no
// longer declares has no status.
func (r *Reporter) ofSource(ctx context.Context, source drift.Source, listed []store.Listed) ([]DriftEntity, error) {
	shares, err := r.shares(ctx, listed)
	if err != nil {
		return nil, err
	}
	entities := make([]DriftEntity, len(listed))
	for i, l := range listed {
		entities[i] = DriftEntity{ID: l.ID, EntityType: l.EntityType, Name: l.Name}
		for _, share := range shares[l.ID] {
			if share.Source == source.ID {
				entities[i] = r.entity(share.Head, share.Document)
			}
		}
	}
	return entities, nil
}

// holds reports whether a document can hold entities that the filter wants.
func (r *Reporter) holds(document drift.Document, f DriftFilter) bool {
	current := r.statusOf(drift.Head{Status: drift.Current}, document)
	return f.wants(current) || f.wants(drift.Drifted) || f.wants(drift.Missing)
}
