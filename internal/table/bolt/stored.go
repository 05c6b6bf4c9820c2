package bolt

import (
	"bytes"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"plumbline/internal/table"
	"plumbline/internal/table/bolt/boltfile"
)

// stored is the table's items in one transaction. Items that it gives share the
// file's memory map.
type stored struct {
	items, expiries *bbolt.Bucket
	// changed is true when the transaction has something to commit.
	changed bool
	// failed is the first error of a put or delete; after it nothing may be
	// committed.
	failed error
}

func storedIn(tx *bbolt.Tx) *stored {
	return &stored{items: tx.Bucket(itemsBucket), expiries: tx.Bucket(expiriesBucket)}
}

// find gives what lies under the key, expired or not.
func (s *stored) find(key table.Key) (table.Item, bool, error) {
	stored := encodeKey(key)
	value := s.items.Get(stored)
	if value == nil {
		return table.Item{}, false, nil
	}
	item, err := decodeValue(stored, value)
	if err != nil {
		return table.Item{}, false, damagedItem(key, err)
	}
	item.Key = key
	return item, true, nil
}

// damagedItem is the error of an item that cannot be read.
func damagedItem(key table.Key, err error) error {
	return fmt.Errorf("read %s: %w: %w", key, err, boltfile.ErrDamaged)
}

func (s *stored) put(item table.Item) {
	key := encodeKey(item.Key)
	s.forgetExpiry(key)
	s.keep(s.items.Put(key, encodeValue(key, item)))
	if !item.Expires.IsZero() {
		s.keep(s.expiries.Put(encodeExpiry(item.Expires, key), nil))
	}
	s.changed = true
}

// delete removes what lies under a key as [encodeKey] makes it, if anything does.
func (s *stored) delete(key []byte) {
	if s.items.Get(key) == nil {
		return
	}
	s.forgetExpiry(key)
	s.keep(s.items.Delete(key))
	s.changed = true
}

// forgetExpiry removes the expiries entry of the item that lies under the key.
func (s *stored) forgetExpiry(key []byte) {
	item, err := decodeValue(key, s.items.Get(key))
	if err == nil && !item.Expires.IsZero() {
		s.keep(s.expiries.Delete(encodeExpiry(item.Expires, key)))
	}
}

// sweep deletes what an expiry that has passed is of. An item that has another expiry
// stays: the entry is not its own.
func (s *stored) sweep(entry []byte, now time.Time) {
	_, key := decodeExpiry(entry)
	item, err := decodeValue(key, s.items.Get(key))
	if err == nil && item.Expired(now) {
		s.keep(s.items.Delete(key))
	}
	s.keep(s.expiries.Delete(entry))
	s.changed = true
}

// expired gives the expiries that have passed by now, the longest gone first, at most
// limit of them, 0 meaning all.
func (s *stored) expired(now time.Time, limit int) [][]byte {
	var entries [][]byte
	cursor := s.expiries.Cursor()
	for entry, _ := cursor.First(); entry != nil; entry, _ = cursor.Next() {
		seconds, _ := decodeExpiry(entry)
		if seconds > now.Unix() || limit > 0 && len(entries) == limit {
			break
		}
		entries = append(entries, bytes.Clone(entry))
	}
	return entries
}

func (s *stored) keep(err error) {
	if s.failed == nil {
		s.failed = err
	}
}
