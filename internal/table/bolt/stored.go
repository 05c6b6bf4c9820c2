package bolt

import (
	"bytes"
	"time"

	"go.etcd.io/bbolt"

	"plumbline/internal/table"
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
	value := s.items.Get(encodeKey(key))
	if value == nil {
		return table.Item{}, false, nil
	}
	item, err := decodeValue(key, value)
	return item, err == nil, err
}

func (s *stored) put(item table.Item) {
	key := encodeKey(item.Key)
	s.forgetExpiry(key)
	s.keep(s.items.Put(key, encodeValue(item)))
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
	item, err := decodeValue(table.Key{}, s.items.Get(key))
	if err == nil && !item.Expires.IsZero() {
		s.keep(s.expiries.Delete(encodeExpiry(item.Expires, key)))
	}
}

// expired gives the keys of items that have expired by now, the longest gone
// first, at most limit of them, 0 meaning all.
func (s *stored) expired(now time.Time, limit int) [][]byte {
	var keys [][]byte
	cursor := s.expiries.Cursor()
	for entry, _ := cursor.First(); entry != nil; entry, _ = cursor.Next() {
		seconds, key := decodeExpiry(entry)
		if seconds > now.Unix() || limit > 0 && len(keys) == limit {
			break
		}
		keys = append(keys, bytes.Clone(key))
	}
	return keys
}

func (s *stored) keep(err error) {
	if s.failed == nil {
		s.failed = err
	}
}
