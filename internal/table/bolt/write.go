package bolt

import (
	"context"

	"plumbline/internal/table"
)

// Write implements [table.Table]. It returns when the write is on the disk.
func (t *Table) Write(ctx context.Context, ops ...table.Op) error {
	if err := table.Validate(ops); err != nil {
		return err
	}
	return t.commit(ctx, func(s *stored) error {
		if err := table.Judge(ops, t.now(), s.find); err != nil {
			return err
		}
		for _, op := range ops {
			switch op.Kind {
			case table.OpPut:
				s.put(op.Item)
			case table.OpDelete:
				s.delete(encodeKey(op.Item.Key))
			}
		}
		return nil
	})
}

// BulkPut implements [table.Table]. It stores the items in their order, as many
// in a transaction as a write of DynamoDB could hold.
func (t *Table) BulkPut(ctx context.Context, items []table.Item) error {
	if err := table.ValidateItems(items); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	for len(items) > 0 {
		part := items[:firstPart(items)]
		err := t.commit(ctx, func(s *stored) error {
			for _, item := range part {
				s.put(item)
			}
			return nil
		})
		if err != nil {
			return err
		}
		items = items[len(part):]
	}
	return nil
}

// firstPart is how many of the items, at least one, fit in a transaction by size.
func firstPart(items []table.Item) int {
	size := 0
	for n, item := range items {
		size += table.Size(item)
		if size > table.MaxTransaction {
			return n
		}
	}
	return len(items)
}
