// Package memory is the table port without a disk: for tests and for dry runs,
// whose writes must leave nothing behind.
//
// Its one invariant: it judges with the same code as the embedded table, so it
// differs from it in nothing but that its items end with the process. Expired
// items are absent but keep their memory.
//
// Start at [New].
package memory

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"plumbline/internal/table"
)

// Table implements [table.Table]; its writes take turns. Make it with [New].
type Table struct {
	now func() time.Time

	mu         sync.RWMutex
	partitions map[string]*partition // by partition key
}

var _ table.Table = (*Table)(nil)

// New makes an empty table that judges expiry by the given clock; nil means
// time.Now.
func New(now func() time.Time) *Table {
	if now == nil {
		now = time.Now
	}
	return &Table{now: now, partitions: make(map[string]*partition)}
}

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

// BatchGet implements [table.Table].
func (t *Table) BatchGet(ctx context.Context, keys []table.Key) ([]table.Item, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := table.ValidateKeys(keys); err != nil {
		return nil, err
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	now := t.now()
	items := make([]table.Item, 0, len(keys))
	for _, key := range keys {
		item, found := t.find(key)
		if found && !item.Expired(now) {
			item.Body = bytes.Clone(item.Body)
			items = append(items, item)
		}
	}
	return items, nil
}

// Query implements [table.Table].
func (t *Table) Query(ctx context.Context, query table.Query) (table.Page, error) {
	if err := ctx.Err(); err != nil {
		return table.Page{}, err
	}
	if err := query.Validate(); err != nil {
		return table.Page{}, err
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	from, to := query.Range()
	return table.Cut(query, t.now(), t.partitions[query.PK].between(from, to, query.Backward)), nil
}

// Write implements [table.Table].
func (t *Table) Write(ctx context.Context, ops ...table.Op) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := table.Validate(ops); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	err := table.Judge(ops, t.now(), func(key table.Key) (table.Item, bool, error) {
		item, found := t.find(key)
		return item, found, nil
	})
	if err != nil {
		return err
	}
	for _, op := range ops {
		switch op.Kind {
		case table.OpPut:
			t.put(op.Item)
		case table.OpDelete:
			t.partitions[op.Item.PK].delete(op.Item.SK)
		}
	}
	return nil
}

// BulkPut implements [table.Table].
func (t *Table) BulkPut(ctx context.Context, items []table.Item) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := table.ValidateItems(items); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, item := range items {
		t.put(item)
	}
	return nil
}

// find gives the stored item, expired or not; its body is the table's own.
func (t *Table) find(key table.Key) (table.Item, bool) {
	return t.partitions[key.PK].find(key.SK)
}

func (t *Table) put(item table.Item) {
	item.Body = bytes.Clone(item.Body)
	item.Expires = time.Unix(item.Expires.Unix(), 0).UTC()
	if t.partitions[item.PK] == nil {
		t.partitions[item.PK] = new(partition)
	}
	t.partitions[item.PK].put(item)
}
