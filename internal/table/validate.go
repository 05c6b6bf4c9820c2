package table

import "fmt"

// Validate reports what every adapter refuses of a [Table.Write] before it does
// anything: [ErrInvalid] for a call that is not well formed, else [ErrTooLarge].
func Validate(ops []Op) error {
	if len(ops) == 0 {
		return fmt.Errorf("write without an op: %w", ErrInvalid)
	}
	if len(ops) > MaxOps {
		return fmt.Errorf("write of %d ops, at most %d: %w", len(ops), MaxOps, ErrInvalid)
	}
	if err := distinct(ops, func(op Op) Key { return op.Item.Key }); err != nil {
		return err
	}
	size := 0
	for _, op := range ops {
		if err := op.validate(); err != nil {
			return err
		}
		size += op.size()
	}
	if size > MaxTransaction {
		return fmt.Errorf("write of %d bytes, at most %d: %w", size, MaxTransaction, ErrTooLarge)
	}
	return nil
}

// ValidateKeys does for [Table.BatchGet] what [Validate] does for a write.
func ValidateKeys(keys []Key) error {
	for _, key := range keys {
		if err := key.Validate(); err != nil {
			return err
		}
	}
	return distinct(keys, func(key Key) Key { return key })
}

// ValidateItems does for [Table.BulkPut] what [Validate] does for a write.
func ValidateItems(items []Item) error {
	for _, item := range items {
		if err := item.validate(); err != nil {
			return err
		}
	}
	return distinct(items, func(item Item) Key { return item.Key })
}

// Validate reports a key that is empty or too long, [ErrInvalid].
func (k Key) Validate() error {
	switch {
	case k.PK == "" || k.SK == "":
		return fmt.Errorf("key %q | %q with an empty part: %w", k.PK, k.SK, ErrInvalid)
	case len(k.PK) > MaxPK:
		return fmt.Errorf("partition key of %d bytes, at most %d: %w", len(k.PK), MaxPK, ErrInvalid)
	case len(k.SK) > MaxSK:
		return fmt.Errorf("sort key of %d bytes, at most %d: %w", len(k.SK), MaxSK, ErrInvalid)
	}
	return nil
}

// Validate reports a query that is not well formed, [ErrInvalid]. Bounds obey the
// limit of a sort key. A range that is empty is no error.
func (q Query) Validate() error {
	if q.PK == "" || len(q.PK) > MaxPK {
		return fmt.Errorf("query of a partition key of %d bytes, 1 to %d: %w", len(q.PK), MaxPK, ErrInvalid)
	}
	if n := max(len(q.From), len(q.To), len(q.After)); n > MaxSK {
		return fmt.Errorf("query %s with a bound of %d bytes, at most %d: %w", q.PK, n, MaxSK, ErrInvalid)
	}
	if q.Limit < 0 {
		return fmt.Errorf("query %s with limit %d: %w", q.PK, q.Limit, ErrInvalid)
	}
	return nil
}

func (op Op) validate() error {
	switch {
	case op.Kind == OpCheck && op.If.IsAny():
		return fmt.Errorf("check %s without a condition: %w", op.Item.Key, ErrInvalid)
	case op.Kind == OpCheck || op.Kind == OpDelete:
		return op.Item.Key.Validate()
	case op.Kind != OpPut:
		return fmt.Errorf("op of unknown kind %d at %s: %w", op.Kind, op.Item.Key, ErrInvalid)
	}
	if op.If.kind == atRevision && op.Item.Revision <= op.If.revision {
		return fmt.Errorf("put %s: revision %d does not follow %d: %w",
			op.Item.Key, op.Item.Revision, op.If.revision, ErrInvalid)
	}
	return op.Item.validate()
}

func (i Item) validate() error {
	if err := i.Key.Validate(); err != nil {
		return err
	}
	if i.Revision < 1 {
		return fmt.Errorf("put %s: revision %d, at least 1: %w", i.Key, i.Revision, ErrInvalid)
	}
	if size := Size(i); size > MaxItem {
		return fmt.Errorf("put %s: %d bytes, at most %d: %w", i.Key, size, MaxItem, ErrTooLarge)
	}
	return nil
}

// size is what an op counts towards [MaxTransaction]; of a delete and a check
// only the key counts.
func (op Op) size() int {
	if op.Kind == OpPut {
		return Size(op.Item)
	}
	return Size(Item{Key: op.Item.Key})
}

// distinct reports the first key that comes twice, [ErrInvalid].
func distinct[T any](all []T, keyOf func(T) Key) error {
	if len(all) < 2 {
		return nil
	}
	seen := make(map[Key]bool, len(all))
	for _, one := range all {
		key := keyOf(one)
		if seen[key] {
			return fmt.Errorf("key %s twice in one call: %w", key, ErrInvalid)
		}
		seen[key] = true
	}
	return nil
}
