package report

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/parallel"
	"plumbline/internal/store"
)

// document is a document of a source.
type document struct {
	source uuid.UUID
	drift.Document
}

// stales gives a page of stale or unknown entities by the documents that can hold them, and not by
// the list of all entities: where nothing is stale, or little, that list is a hundred
// thousand entities long for a page of none. done is false where the documents hold too
// much to be read for a page.
func (r *Reporter) stales(ctx context.Context, project, env uuid.UUID, f EntityFilter, span Span) (page Page[Listed], done bool, err error) {
	documents, err := r.staleDocuments(ctx, project, env, f)
	if err != nil {
		return page, false, err
	}
	entities := 0
	for _, d := range documents {
		entities += d.Entities
	}
	if entities > maxLooked {
		return page, false, nil
	}
	listed, err := r.declaredIn(ctx, documents, f)
	if err != nil {
		return page, false, err
	}
	judged, err := r.judge(ctx, listed)
	if err != nil {
		return page, false, err
	}
	for i, e := range judged {
		if listed[i].Key <= span.Cursor || !f.admits(e) {
			continue
		}
		if len(page.Items) == span.Limit {
			last := page.Items[span.Limit-1]
			page.Next = f.key(last.EntityType, last.Name)
			break
		}
		page.Items = append(page.Items, e)
	}
	return page, true, nil
}

// staleDocuments are the documents of an environment whose entities are not current, but
// what the filter wants.
func (r *Reporter) staleDocuments(ctx context.Context, project, env uuid.UUID, f EntityFilter) ([]document, error) {
	known, err := r.sources(ctx, project)
	if err != nil {
		return nil, err
	}
	var sources []drift.Source
	for _, source := range known {
		if source.EnvID == env {
			sources = append(sources, source)
		}
	}
	var mu sync.Mutex
	var stale []document
	err = parallel.Each(ctx, readAtOnce, len(sources), func(i int) error {
		documents, err := r.documents(ctx, sources[i])
		mu.Lock()
		defer mu.Unlock()
		for _, d := range documents {
			if slices.Contains(f.Statuses, r.statusOf(drift.Head{Status: drift.Current}, d)) {
				stale = append(stale, document{sources[i].ID, d})
			}
		}
		return err
	})
	return stale, err
}

// declaredIn lists what documents declare and the filter's names admit, each entity
// once, in the order of the list that the filter reads.
func (r *Reporter) declaredIn(ctx context.Context, documents []document, f EntityFilter) ([]store.Listed, error) {
	var listed []store.Listed
	for _, d := range documents {
		for cursor, more := "", true; more; more = cursor != "" {
			heads, next, err := r.Store.HeadsPage(ctx, d.source, d.ID, cursor, maxLooked)
			if err != nil {
				return nil, err
			}
			for _, head := range heads {
				l := store.Listed{ID: head.EntityID, EntityType: head.EntityType, Name: head.Name, Key: f.key(head.EntityType, head.Name)}
				if head.Status == drift.Current && f.admitsName(l) {
					listed = append(listed, l)
				}
			}
			cursor = next
		}
	}
	slices.SortFunc(listed, func(a, b store.Listed) int { return cmp.Compare(a.Key, b.Key) })
	return slices.CompactFunc(listed, func(a, b store.Listed) bool { return a.ID == b.ID }), nil
}

// admitsName reports what a list says of an entity, before its sources are asked.
func (f EntityFilter) admitsName(l store.Listed) bool {
	return (f.EntityType == "" || l.EntityType == f.EntityType) && strings.HasPrefix(l.Name, f.NamePrefix)
}

// key is the cursor behind an entity in the list that the filter reads.
func (f EntityFilter) key(entityType, name string) string {
	if f.byName() {
		return name + "\x00" + entityType
	}
	return entityType + "\x00" + name
}

// byName reports whether the list is the one by name: only a prefix of it is given.
func (f EntityFilter) byName() bool {
	return f.EntityType == "" && f.NamePrefix != "" && !f.isSparse()
}

// isSparse reports whether all that is wanted has entries of its own.
func (f EntityFilter) isSparse() bool {
	return len(f.Statuses) > 0 && !slices.ContainsFunc(f.Statuses, isComputed)
}

// isByDocument reports whether the documents tell by themselves which hold what is
// wanted.
func (f EntityFilter) isByDocument() bool {
	return len(f.Statuses) > 0 && !slices.ContainsFunc(f.Statuses, func(s drift.Status) bool {
		return s != drift.Stale && s != drift.Unknown
	})
}
