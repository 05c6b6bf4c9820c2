package bolt

import (
	"bytes"
	"context"
	"fmt"
	"iter"

	"plumbline/internal/table"
)

// Get implements [table.Table].
func (t *Table) Get(ctx context.Context, key table.Key) (table.Item, error) {
	items, err := t.BatchGet(ctx, []table.Key{key})
	if err != nil {
		return table.Item{}, err
	}
	if len(items) == 0 {
		return table.Item{}, fmt.Errorf("get %s: %w", key, table.ErrNotFound)
	}
	return items[0], nil
}

// BatchGet implements [table.Table]. All items are of one moment.
func (t *Table) BatchGet(ctx context.Context, keys []table.Key) ([]table.Item, error) {
	if err := table.ValidateKeys(keys); err != nil {
		return nil, err
	}
	now := t.now()
	items := make([]table.Item, 0, len(keys))
	err := t.view(ctx, func(s *stored) error {
		for _, key := range keys {
			item, found, err := s.find(key)
			if err != nil {
				return err
			}
			if found && !item.Expired(now) {
				item.Body = bytes.Clone(item.Body)
				items = append(items, item)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return items, nil
}

// Query implements [table.Table].
func (t *Table) Query(ctx context.Context, query table.Query) (table.Page, error) {
	if err := query.Validate(); err != nil {
		return table.Page{}, err
	}
	now := t.now()
	var page table.Page
	err := t.view(ctx, func(s *stored) error {
		var damage error
		page = table.Cut(query, now, s.in(query, &damage))
		return damage
	})
	if err != nil {
		return table.Page{}, err
	}
	return page, nil
}

// in yields the items of the query's range in its direction, expired or not. It
// ends early at an item that cannot be read, whose error it leaves in damage.
func (s *stored) in(query table.Query, damage *error) iter.Seq[table.Item] {
	start := partitionStart(query.PK)
	from, to := query.Range()
	low := append(bytes.Clone(start), from...)
	high := append(bytes.Clone(start), to...)
	if to == "" {
		high[len(high)-1]++ // 00 01 becomes 00 02, behind the whole partition
	}
	return func(yield func(table.Item) bool) {
		for key, value := range s.between(low, high, query.Backward) {
			item, err := decodeValue(key, value)
			item.Key = table.Key{PK: query.PK, SK: string(key[len(start):])}
			if err != nil {
				*damage = damagedItem(item.Key, err)
				return
			}
			if !yield(item) {
				return
			}
		}
	}
}

// between yields the keys and values of items with low <= key < high.
func (s *stored) between(low, high []byte, backward bool) iter.Seq2[[]byte, []byte] {
	cursor := s.items.Cursor()
	if !backward {
		return func(yield func(key, value []byte) bool) {
			for key, value := cursor.Seek(low); key != nil && bytes.Compare(key, high) < 0; key, value = cursor.Next() {
				if !yield(key, value) {
					return
				}
			}
		}
	}
	return func(yield func(key, value []byte) bool) {
		// Seek stands at the first key that is not below high, or gives none.
		first := cursor.Prev
		if key, _ := cursor.Seek(high); key == nil {
			first = cursor.Last
		}
		for key, value := first(); key != nil && bytes.Compare(key, low) >= 0; key, value = cursor.Prev() {
			if !yield(key, value) {
				return
			}
		}
	}
}
