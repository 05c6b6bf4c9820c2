package store

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/table"
)

// Listed is an entity in a list.
type Listed struct {
	ID         uuid.UUID
	EntityType string
	Name       string
	// Key is the cursor behind this entity in the list that it was read from.
	Key string
}

// EntitiesByType returns a page of an environment's entities by type, then name; an
// empty type means every type, a prefix narrows the names of one type.
func (s *Store) EntitiesByType(ctx context.Context, env uuid.UUID, entityType, namePrefix, cursor string, limit int) ([]Listed, string, error) {
	prefix := ""
	if entityType != "" {
		prefix = entityType + "\x00" + namePrefix
	}
	return s.listed(ctx, func(shard string) string { return typeListPK(env, shard) }, prefix, cursor, limit, splitTypeName)
}

// EntitiesByName returns a page of an environment's entities whose name has a
// prefix, by name, then type.
func (s *Store) EntitiesByName(ctx context.Context, env uuid.UUID, namePrefix, cursor string, limit int) ([]Listed, string, error) {
	return s.listed(ctx, func(shard string) string { return nameListPK(env, shard) }, namePrefix, cursor, limit, func(sk string) (string, string) {
		entityType, name := splitTypeName(sk)
		return name, entityType
	})
}

// EntitiesByStatus returns a page of an environment's drifted or missing entities by
// type, then name; type and prefix narrow as in [Store.EntitiesByType].
func (s *Store) EntitiesByStatus(ctx context.Context, env uuid.UUID, status drift.Status, entityType, namePrefix, cursor string, limit int) ([]Listed, string, error) {
	prefix := ""
	if entityType != "" {
		prefix = entityType + "\x00" + namePrefix
	}
	return s.listed(ctx, func(shard string) string { return envStatusPK(env, status, shard) }, prefix, cursor, limit, splitTypeName)
}

func splitTypeName(sk string) (entityType, name string) {
	entityType, name, _ = strings.Cut(sk, "\x00")
	return entityType, name
}

func (s *Store) listed(ctx context.Context, pk func(string) string, prefix, cursor string, limit int, split func(string) (string, string)) ([]Listed, string, error) {
	items, next, err := s.merged(ctx, pk, prefix, cursor, limit)
	if err != nil {
		return nil, "", err
	}
	list := make([]Listed, len(items))
	for i, item := range items {
		var r idRecord
		if err := s.decode(ctx, item, &r); err != nil {
			return nil, "", err
		}
		list[i].ID, list[i].Key = r.ID, item.SK
		list[i].EntityType, list[i].Name = split(item.SK)
	}
	return list, next, nil
}

// SourceEntities returns a page of a source's drifted or missing entities by id.
func (s *Store) SourceEntities(ctx context.Context, source uuid.UUID, status drift.Status, cursor string, limit int) ([]Listed, string, error) {
	var list []Listed
	items, next, err := s.chained(ctx, func(shard string) string { return sourceStatusPK(source, status, shard) }, cursor, limit)
	if err != nil {
		return nil, "", err
	}
	for _, item := range items {
		var r namedRecord
		if err := s.decode(ctx, item, &r); err != nil {
			return nil, "", err
		}
		list = append(list, Listed{ID: r.ID, EntityType: r.Type, Name: r.Name, Key: item.SK})
	}
	return list, next, nil
}

// NameBreak stands between name and type in the keys of lists by name.
const NameBreak = "\x00"

// HeadsByName returns heads of a scoped document by name, then type, behind a cursor: a
// name and a type joined by [NameBreak], "" for the first. They are found by the
// environment's list of names, which begin with the scope. next is "" behind the last.
func (s *Store) HeadsByName(ctx context.Context, source drift.Source, d drift.Document, cursor string, limit int) (heads []drift.Head, next string, err error) {
	q := table.Query{From: d.Scope + NameBreak, To: d.Scope + string('/'+1), Limit: limit}
	if cursor >= q.To {
		return nil, "", nil
	}
	if cursor > q.From {
		q.After = cursor // else it is outside what is asked for
	}
	items, next, err := s.mergedOf(ctx, func(shard string) string { return nameListPK(source.EnvID, shard) }, q)
	if err != nil {
		return nil, "", err
	}
	heads, err = s.headsAt(ctx, source.ID, d.ID, items)
	return heads, next, err
}

// headsAt reads the heads that a document has of listed entities, in their order.
func (s *Store) headsAt(ctx context.Context, source uuid.UUID, document string, listed []table.Item) ([]drift.Head, error) {
	keys := make([]table.Key, len(listed))
	for i, item := range listed {
		var r idRecord
		if err := s.decode(ctx, item, &r); err != nil {
			return nil, err
		}
		keys[i] = headKey(source, document, r.ID)
	}
	items, err := s.batchGet(ctx, keys)
	if err != nil {
		return nil, err
	}
	heads := make([]drift.Head, len(items))
	for i, item := range items {
		if heads[i], err = s.head(ctx, item); err != nil {
			return nil, err
		}
	}
	return heads, nil
}

// HeadsPage returns a page of a document's heads by entity id.
func (s *Store) HeadsPage(ctx context.Context, source uuid.UUID, document, cursor string, limit int) ([]drift.Head, string, error) {
	items, next, err := s.chained(ctx, func(shard string) string { return headPK(source, document, shard) }, cursor, limit)
	if err != nil {
		return nil, "", err
	}
	heads := make([]drift.Head, 0, len(items))
	for _, item := range items {
		head, err := s.head(ctx, item)
		if err != nil {
			return nil, "", err
		}
		heads = append(heads, head)
	}
	return heads, next, nil
}

// chained reads one page of items whose sort key is an id, shard after shard: the
// shards, one after the other, are in the order of the ids.
func (s *Store) chained(ctx context.Context, pk func(shard string) string, cursor string, limit int) ([]table.Item, string, error) {
	first := 0
	if cursor != "" {
		id, err := parseID(cursor)
		if err != nil {
			return nil, "", ErrBadCursor
		}
		first = int(id[0] >> 4)
	}
	var all []table.Item
	for n := first; n < shards; n++ {
		q := table.Query{PK: pk(shardText(n))}
		if n == first {
			q.After = cursor
		}
		for more := true; more; more = q.After != "" {
			q.Limit = limit - len(all)
			p, err := s.table.Query(ctx, q)
			if err != nil {
				return nil, "", err
			}
			all, q.After = append(all, p.Items...), p.Next
			if len(all) >= limit {
				return all, all[len(all)-1].SK, nil
			}
		}
	}
	return all, "", nil
}
