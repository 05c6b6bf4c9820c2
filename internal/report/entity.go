package report

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/store"
)

// Entity is an entity with all that is known of it.
type Entity struct {
	*catalog.Record
	Status   drift.Status
	SyncedAt time.Time
	// Shares are its sources', sorted by source id; URIs gives theirs.
	Shares []Share
	// Links are relationships that were declared for themselves, at either end of
	// the entity, up to [MaxLinks]; those that a source derives are in the record.
	Links []Link
	// Ends are the recorded ones of the entities at which derived relationships end,
	// as far as the first [MaxLinks] of these go.
	Ends map[catalog.Ref]uuid.UUID
}

// Share is what one source says of an entity.
type Share struct {
	DriftEntity
	Source    uuid.UUID
	SourceURI string
	// Identity names the cloud object, "" where the source knows none.
	Identity string
}

// MaxLinks is how many relationships an entity is shown with.
const MaxLinks = 100

// Link is a relationship with both its ends.
type Link struct {
	Type, State string
	From, To    catalog.Ref
	FromID      uuid.UUID
	ToID        uuid.UUID
}

// Entity resolves an entity of an environment by the text of its id, or [ErrEntity].
func (r *Reporter) Entity(ctx context.Context, project store.Project, env store.Environment, id string) (Entity, error) {
	record, err := r.Record(ctx, env, id)
	if err != nil {
		return Entity{}, err
	}
	shares, err := r.Store.Shares(ctx, []*catalog.Record{record})
	if err != nil {
		return Entity{}, err
	}
	e := Entity{Record: record}
	e.Status, e.SyncedAt = r.overall(shares[record.ID])
	for _, share := range shares[record.ID] {
		described, err := r.share(ctx, project, record, share)
		if err != nil {
			return Entity{}, err
		}
		e.Shares = append(e.Shares, described)
	}
	if e.Links, err = r.links(ctx, record.ID); err != nil {
		return Entity{}, err
	}
	e.Ends, err = r.ends(ctx, record)
	return e, err
}

// ends finds what the derived relationships of an entity end at, by the ids that
// entities of these names have.
func (r *Reporter) ends(ctx context.Context, record *catalog.Record) (map[catalog.Ref]uuid.UUID, error) {
	derived := record.Relationships()
	wanted := map[uuid.UUID]bool{}
	for _, relationship := range derived[:min(len(derived), MaxLinks)] {
		wanted[catalog.EntityID(record.EnvID, relationship.To.Type, relationship.To.Name)] = true
	}
	records, err := r.Store.Entities(ctx, slices.Collect(maps.Keys(wanted)))
	if err != nil {
		return nil, err
	}
	ends := make(map[catalog.Ref]uuid.UUID, len(records))
	for _, end := range records {
		ends[catalog.Ref{Type: end.Entity.Type, Name: end.Entity.Name}] = end.ID
	}
	return ends, nil
}

// History is a page of an entity's changes, the newest first.
func (r *Reporter) History(ctx context.Context, entity uuid.UUID, span Span) (Page[store.Event], error) {
	events, next, err := r.Store.Events(ctx, entity, span.Cursor, span.Limit)
	return Page[store.Event]{Items: events, Next: next}, err
}

// Record resolves an entity of an environment by the text of its id, or [ErrEntity].
func (r *Reporter) Record(ctx context.Context, env store.Environment, id string) (*catalog.Record, error) {
	entityID, err := ParseID(id)
	if err != nil {
		return nil, ErrEntity
	}
	record, err := r.Store.Entity(ctx, entityID)
	if err != nil {
		return nil, absent(err, ErrEntity)
	}
	if record.EnvID != env.ID || store.IsLinkType(record.Entity.Type) {
		return nil, ErrEntity
	}
	return record, nil
}

// links lists the relationships at an entity, by id. An end that is not recorded any
// more has no name.
func (r *Reporter) links(ctx context.Context, entity uuid.UUID) ([]Link, error) {
	found, _, err := r.Store.Links(ctx, entity, "", MaxLinks)
	if err != nil {
		return nil, err
	}
	refs := map[uuid.UUID]catalog.Ref{}
	var ids []uuid.UUID
	for _, link := range found {
		for _, end := range []uuid.UUID{link.From, link.To} {
			if _, asked := refs[end]; !asked {
				refs[end] = catalog.Ref{}
				ids = append(ids, end)
			}
		}
	}
	records, err := r.Store.Entities(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, record := range records {
		refs[record.ID] = catalog.Ref{Type: record.Entity.Type, Name: record.Entity.Name}
	}
	links := make([]Link, len(found))
	for i, link := range found {
		links[i] = Link{Type: link.Type, State: link.Record.Entity.State, From: refs[link.From], To: refs[link.To], FromID: link.From, ToID: link.To}
	}
	return links, nil
}

func (r *Reporter) share(ctx context.Context, project store.Project, record *catalog.Record, s store.Share) (Share, error) {
	share := Share{DriftEntity: r.entity(s.Head, s.Document), Source: s.Source}
	if declarer := record.Declarer(s.Source); declarer != nil {
		share.Identity = declarer.Identity.String()
	}
	source, err := r.Store.Source(ctx, project.ID, s.Source)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Share{}, err
	}
	share.SourceURI = source.Settings.URI
	return share, nil
}

// Duplicates is a page of an environment's cloud objects that more than one entity
// stands for.
func (r *Reporter) Duplicates(ctx context.Context, env uuid.UUID, span Span) (Page[store.Duplicate], error) {
	found, next, err := r.Store.Duplicates(ctx, env, span.Cursor, span.Limit)
	return Page[store.Duplicate]{Items: found, Next: next}, err
}
