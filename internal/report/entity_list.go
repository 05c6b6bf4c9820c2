package report

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/store"
)

// Listed is an entity of an environment, over all its sources.
type Listed struct {
	ID         uuid.UUID
	EntityType string
	Name       string
	Status     drift.Status
	// SyncedAt is when a document last declared it; zero where none does any more.
	SyncedAt time.Time
}

// EntityFilter narrows the entities of an environment; the zero value gives all.
type EntityFilter struct {
	EntityType string
	NamePrefix string
	// Statuses are those that are wanted, none for all.
	Statuses []drift.Status
}

func (f EntityFilter) admits(e Listed) bool {
	return len(f.Statuses) == 0 || slices.Contains(f.Statuses, e.Status)
}

// Entities is a page of an environment's entities: by name, then type, where only a
// prefix of the name is given, else by type, then name.
func (r *Reporter) Entities(ctx context.Context, project, env uuid.UUID, f EntityFilter, span Span) (Page[Listed], error) {
	if f.isByDocument() {
		if page, done, err := r.stales(ctx, project, env, f, span); done || err != nil {
			return page, err
		}
	}
	return r.walk(ctx, env, f, span)
}

// walk fills a page from a list of entities, as far as one call looks.
func (r *Reporter) walk(ctx context.Context, env uuid.UUID, f EntityFilter, span Span) (Page[Listed], error) {
	var page Page[Listed]
	cursor := span.Cursor
	for read, looked := 0, 0; ; {
		listed, next, err := r.list(ctx, env, f, cursor, f.chunk(span.Limit))
		if err != nil {
			return Page[Listed]{}, err
		}
		read += len(listed)
		listed = slices.DeleteFunc(listed, func(l store.Listed) bool { return !f.admitsName(l) })
		for some := range slices.Chunk(listed, max(span.Limit-len(page.Items), minChunk)) {
			entities, err := r.judge(ctx, some)
			if err != nil {
				return Page[Listed]{}, err
			}
			for i, e := range entities {
				looked++
				if f.admits(e) {
					page.Items = append(page.Items, e)
				}
				if len(page.Items) == span.Limit || looked == maxLooked {
					page.Next = some[i].Key
					return page, nil
				}
			}
		}
		if cursor = next; cursor == "" || read >= maxRead {
			page.Next = cursor
			return page, nil
		}
	}
}

// minChunk is how many entities are judged at once where a page needs fewer: a filter
// passes over some.
const minChunk = 100

// chunk is how many entries of a list are read at once.
func (f EntityFilter) chunk(limit int) int {
	if f.NamePrefix == "" && len(f.Statuses) == 0 {
		return limit
	}
	return max(limit, readChunk)
}

// list reads the shortest list that holds what the filter asks for.
func (r *Reporter) list(ctx context.Context, env uuid.UUID, f EntityFilter, cursor string, limit int) ([]store.Listed, string, error) {
	switch {
	case f.isSparse():
		return mergePages(f.Statuses, limit, func(s drift.Status) ([]store.Listed, string, error) {
			return r.Store.EntitiesByStatus(ctx, env, s, f.EntityType, f.NamePrefix, cursor, limit)
		}, func(l store.Listed) string { return l.Key })
	case f.byName():
		return r.Store.EntitiesByName(ctx, env, f.NamePrefix, cursor, limit)
	}
	return r.Store.EntitiesByType(ctx, env, f.EntityType, f.NamePrefix, cursor, limit)
}

// judge adds to listed entities the status over all sources, in their order.
func (r *Reporter) judge(ctx context.Context, listed []store.Listed) ([]Listed, error) {
	shares, err := r.shares(ctx, listed)
	if err != nil {
		return nil, err
	}
	entities := make([]Listed, len(listed))
	for i, l := range listed {
		status, syncedAt := r.overall(shares[l.ID])
		entities[i] = Listed{ID: l.ID, EntityType: l.EntityType, Name: l.Name, Status: status, SyncedAt: syncedAt}
	}
	return entities, nil
}

// shares reads what every source says of listed entities.
func (r *Reporter) shares(ctx context.Context, listed []store.Listed) (map[uuid.UUID][]store.Share, error) {
	ids := make([]uuid.UUID, len(listed))
	for i, l := range listed {
		ids[i] = l.ID
	}
	records, err := r.Store.Entities(ctx, ids)
	if err != nil {
		return nil, err
	}
	return r.Store.Shares(ctx, records)
}

// overall is the worst status over the sources, and when one of them last saw the
// entity.
func (r *Reporter) overall(shares []store.Share) (drift.Status, time.Time) {
	var statuses []drift.Status
	var syncedAt time.Time
	for _, share := range shares {
		statuses = append(statuses, r.statusOf(share.Head, share.Document))
		if share.Head.Status != drift.Missing && share.Document.SeenAt().After(syncedAt) {
			syncedAt = share.Document.SeenAt()
		}
	}
	return drift.Worst(statuses...), syncedAt
}
