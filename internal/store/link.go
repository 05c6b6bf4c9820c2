package store

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/table"
)

// linkTypePrefix marks the records of relationships that were declared for
// themselves. No entity type has a colon in its name.
const linkTypePrefix = "relationship:"

// LinkType is the entity type under which relationships of a type are recorded.
func LinkType(relationshipType string) string { return linkTypePrefix + relationshipType }

// IsLinkType reports whether records of the type are relationships.
func IsLinkType(entityType string) bool { return strings.HasPrefix(entityType, linkTypePrefix) }

// RelationshipType is the type of a record that is a relationship; ok is false for
// an entity.
func RelationshipType(r *catalog.Record) (name string, ok bool) {
	return strings.CutPrefix(r.Entity.Type, linkTypePrefix)
}

// Link is a relationship that was declared for itself.
type Link struct {
	Type     string
	From, To uuid.UUID
	Record   *catalog.Record
}

// Links returns a page of the relationships at either end of an entity, by id.
func (s *Store) Links(ctx context.Context, entity uuid.UUID, cursor string, limit int) ([]Link, string, error) {
	ids, next, err := page(ctx, s, rangeOf(entityPK(entity), linkPrefix, cursor, limit), func(_ context.Context, item table.Item) (uuid.UUID, error) {
		return parseID(strings.TrimPrefix(item.SK, linkPrefix))
	})
	if err != nil {
		return nil, "", err
	}
	records, err := s.Entities(ctx, ids)
	if err != nil {
		return nil, "", err
	}
	links := make([]Link, 0, len(records))
	for _, r := range records {
		name, _ := RelationshipType(r)
		from, to := linkEnds(r)
		links = append(links, Link{Type: name, From: from, To: to, Record: r})
	}
	return links, next, nil
}

// linkEnds are the entities at the ends of a relationship, which its declarers name.
func linkEnds(r *catalog.Record) (from, to uuid.UUID) {
	for _, end := range r.Relationships() {
		id, err := uuid.Parse(end.To.Name)
		switch {
		case err != nil:
		case end.Type == "from":
			from = id
		case end.Type == "to":
			to = id
		}
	}
	return from, to
}

// listKeys are the list entries of a record: those of an entity, or those at the ends
// of a relationship.
func listKeys(r *catalog.Record) []table.Key {
	if _, ok := RelationshipType(r); ok {
		from, to := linkEnds(r)
		if from == to {
			return []table.Key{linkKey(from, r.ID)}
		}
		return []table.Key{linkKey(from, r.ID), linkKey(to, r.ID)}
	}
	return []table.Key{
		typeListKey(r.EnvID, r.ID, r.Entity.Type, r.Entity.Name),
		nameListKey(r.EnvID, r.ID, r.Entity.Type, r.Entity.Name),
	}
}
