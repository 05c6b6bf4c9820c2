package scan_test

import (
	"context"
	"encoding/base32"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"plumbline/internal/table"
	"plumbline/internal/table/memory"
)

// mirror remembers every key that was written, so that a test can look at the whole
// table.
type mirror struct {
	table.Table
	mu   sync.Mutex
	keys map[table.Key]bool
}

func (m *mirror) Write(ctx context.Context, ops ...table.Op) error {
	m.mu.Lock()
	for _, op := range ops {
		m.keys[op.Item.Key] = true
	}
	m.mu.Unlock()
	return m.Table.Write(ctx, ops...)
}

// dump is every item of the table, sorted by key.
func (m *mirror) dump(t testing.TB) []table.Item {
	t.Helper()
	m.mu.Lock()
	keys := slices.SortedFunc(maps.Keys(m.keys), func(a, b table.Key) int { return strings.Compare(a.PK+"\x00"+a.SK, b.PK+"\x00"+b.SK) })
	m.mu.Unlock()
	items, err := m.BatchGet(context.WithoutCancel(t.Context()), keys)
	if err != nil {
		t.Fatal(err)
	}
	return items
}

// clone is another table that holds the same.
func (m *mirror) clone(t testing.TB, s *stack) *mirror {
	t.Helper()
	c := &mirror{Table: memory.New(s.clock.Now), keys: map[table.Key]bool{}}
	items := m.dump(t)
	for _, item := range items {
		c.keys[item.Key] = true
	}
	if err := c.BulkPut(t.Context(), items); err != nil {
		t.Fatal(err)
	}
	return c
}

// idOf is an id as it stands in keys.
func idOf(id string) string {
	u := uuid.MustParse(id)
	return base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(u[:])
}
