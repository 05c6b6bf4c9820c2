package tabletest

import (
	"context"
	"sync"

	"plumbline/internal/table"
)

// Method names a method of [table.Table] in the counts of a [Counter].
type Method string

const (
	Get      Method = "Get"
	BatchGet Method = "BatchGet"
	Query    Method = "Query"
	Write    Method = "Write"
	BulkPut  Method = "BulkPut"
)

// Count is what calls have moved. Items and bytes are of calls that succeeded;
// bytes are by [table.Size].
type Count struct {
	Calls        int // succeeded or not
	ItemsRead    int // items returned
	BytesRead    int
	ItemsWritten int // puts and deletes
	BytesWritten int // of a delete its key alone
	Checks       int // checks of writes
}

// Counter passes all calls on to a table and counts them by method. Safe for
// concurrent use.
type Counter struct {
	// Table takes the calls. Required.
	Table table.Table

	mu     sync.Mutex
	counts map[Method]Count
}

var _ table.Table = (*Counter)(nil)

// Of is the count of one method since the start or the last [Counter.Reset].
func (c *Counter) Of(method Method) Count {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counts[method]
}

// Total is the count of all methods together.
func (c *Counter) Total() Count {
	c.mu.Lock()
	defer c.mu.Unlock()
	var total Count
	for _, count := range c.counts {
		total = total.plus(count)
	}
	return total
}

// Reset starts again at nothing.
func (c *Counter) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts = nil
}

// Get implements [table.Table].
func (c *Counter) Get(ctx context.Context, key table.Key) (table.Item, error) {
	item, err := c.Table.Get(ctx, key)
	c.add(Get, read(item), err)
	return item, err
}

// BatchGet implements [table.Table].
func (c *Counter) BatchGet(ctx context.Context, keys []table.Key) ([]table.Item, error) {
	items, err := c.Table.BatchGet(ctx, keys)
	c.add(BatchGet, read(items...), err)
	return items, err
}

// Query implements [table.Table].
func (c *Counter) Query(ctx context.Context, query table.Query) (table.Page, error) {
	page, err := c.Table.Query(ctx, query)
	c.add(Query, read(page.Items...), err)
	return page, err
}

// Write implements [table.Table].
func (c *Counter) Write(ctx context.Context, ops ...table.Op) error {
	err := c.Table.Write(ctx, ops...)
	c.add(Write, written(ops), err)
	return err
}

// BulkPut implements [table.Table].
func (c *Counter) BulkPut(ctx context.Context, items []table.Item) error {
	err := c.Table.BulkPut(ctx, items)
	c.add(BulkPut, Count{ItemsWritten: len(items), BytesWritten: sizeOf(items)}, err)
	return err
}

// add counts one call, and what it moved if it succeeded.
func (c *Counter) add(method Method, count Count, err error) {
	if err != nil {
		count = Count{}
	}
	count.Calls = 1
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts == nil {
		c.counts = make(map[Method]Count)
	}
	c.counts[method] = c.counts[method].plus(count)
}

func (c Count) plus(other Count) Count {
	return Count{
		Calls:        c.Calls + other.Calls,
		ItemsRead:    c.ItemsRead + other.ItemsRead,
		BytesRead:    c.BytesRead + other.BytesRead,
		ItemsWritten: c.ItemsWritten + other.ItemsWritten,
		BytesWritten: c.BytesWritten + other.BytesWritten,
		Checks:       c.Checks + other.Checks,
	}
}

func read(items ...table.Item) Count {
	return Count{ItemsRead: len(items), BytesRead: sizeOf(items)}
}

func written(ops []table.Op) Count {
	var count Count
	for _, op := range ops {
		switch op.Kind {
		case table.OpPut:
			count.ItemsWritten++
			count.BytesWritten += table.Size(op.Item)
		case table.OpDelete:
			count.ItemsWritten++
			count.BytesWritten += len(op.Item.PK) + len(op.Item.SK)
		case table.OpCheck:
			count.Checks++
		}
	}
	return count
}

func sizeOf(items []table.Item) int {
	size := 0
	for _, item := range items {
		size += table.Size(item)
	}
	return size
}
