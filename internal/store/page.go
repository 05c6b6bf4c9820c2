package store

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"plumbline/internal/table"
)

// get reads one item; an absent one is [ErrNotFound], as is one of a key that no item
// can have: names come from callers, of any length.
func (s *Store) get(ctx context.Context, k table.Key) (table.Item, error) {
	if k.Validate() != nil {
		return table.Item{}, ErrNotFound
	}
	item, err := s.table.Get(ctx, k)
	if errors.Is(err, table.ErrNotFound) {
		return table.Item{}, ErrNotFound
	}
	if err != nil {
		return table.Item{}, fmt.Errorf("get %s: %w", k, err)
	}
	return item, nil
}

// putNew puts a small record where there is none.
func (s *Store) putNew(k table.Key, record any) table.Op {
	return table.Put(table.Item{Key: k, Revision: s.first(), Body: small(record)}, table.Absent)
}

// rangeOf asks for the sort keys with a prefix, behind a cursor, which is a sort key
// without that prefix.
func rangeOf(pk, prefix, cursor string, limit int) table.Query {
	q := table.Query{PK: pk, From: prefix, To: table.PrefixEnd(prefix), Limit: limit}
	if cursor != "" {
		q.After = prefix + cursor
	}
	return q
}

// page reads one page and decodes it. The cursor is what [rangeOf] takes; one that
// follows no sort key is [ErrBadCursor].
func page[T any](ctx context.Context, s *Store, q table.Query, decode func(context.Context, table.Item) (T, error)) ([]T, string, error) {
	if len(q.After) > table.MaxSK {
		return nil, "", ErrBadCursor
	}
	p, err := s.table.Query(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("query %s: %w", q.PK, err)
	}
	records := make([]T, 0, len(p.Items))
	for _, item := range p.Items {
		record, err := decode(ctx, item)
		if err != nil {
			return nil, "", err
		}
		records = append(records, record)
	}
	next := p.Next
	if next != "" {
		next = next[len(q.From):]
	}
	return records, next, nil
}

// items yields every item of a range, page after page.
func (s *Store) items(ctx context.Context, q table.Query) iter.Seq2[table.Item, error] {
	return func(yield func(table.Item, error) bool) {
		for {
			p, err := s.table.Query(ctx, q)
			if err != nil {
				yield(table.Item{}, fmt.Errorf("query %s: %w", q.PK, err))
				return
			}
			for _, item := range p.Items {
				if !yield(item, nil) {
					return
				}
			}
			if p.Next == "" {
				return
			}
			q.After = p.Next
		}
	}
}

// batchGet reads those items that exist, in the order of the keys.
func (s *Store) batchGet(ctx context.Context, keys []table.Key) ([]table.Item, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	items, err := s.table.BatchGet(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("get %d items: %w", len(keys), err)
	}
	return items, nil
}
