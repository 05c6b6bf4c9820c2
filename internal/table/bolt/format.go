package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"plumbline/internal/table"
)

var (
	itemsBucket    = []byte("items")
	expiriesBucket = []byte("expiries")
	metaBucket     = []byte("meta")
	formatKey      = []byte("format")
)

// format is the version of the layout that the package comment draws.
const format = "1"

// prepare makes the buckets of a new file and refuses a file of another format.
func prepare(tx *bbolt.Tx) error {
	meta, err := tx.CreateBucketIfNotExists(metaBucket)
	if err != nil {
		return err
	}
	switch found := meta.Get(formatKey); {
	case found == nil:
		if err := meta.Put(formatKey, []byte(format)); err != nil {
			return err
		}
	case string(found) != format:
		return fmt.Errorf("the file has format %q, want %q", found, format)
	}
	for _, name := range [][]byte{itemsBucket, expiriesBucket} {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	return nil
}

// A partition starts with its key, in which a NUL is written 00 ff, and 00 01. So
// no partition's start is the start of another's, and the order of the bytes
// stays the order of (PK, SK).
func partitionStart(pk string) []byte {
	start := make([]byte, 0, len(pk)+2+table.MaxSK)
	for i := range len(pk) {
		start = append(start, pk[i])
		if pk[i] == 0 {
			start = append(start, 0xff)
		}
	}
	return append(start, 0, 1)
}

func encodeKey(key table.Key) []byte { return append(partitionStart(key.PK), key.SK...) }

// valueHeader is the bytes before a value's body: revision and expiry, each a
// 64-bit number, high byte first.
const valueHeader = 16

func encodeValue(item table.Item) []byte {
	value := make([]byte, 0, valueHeader+len(item.Body))
	value = binary.BigEndian.AppendUint64(value, uint64(item.Revision))
	value = binary.BigEndian.AppendUint64(value, uint64(item.Expires.Unix()))
	return append(value, item.Body...)
}

var errDamaged = errors.New("the stored item is damaged")

// decodeValue gives the item whose body is a part of value: copy it before the
// transaction ends. An item that never expires holds the zero time's seconds.
func decodeValue(key table.Key, value []byte) (table.Item, error) {
	if len(value) < valueHeader {
		return table.Item{}, fmt.Errorf("read %s: %w", key, errDamaged)
	}
	return table.Item{
		Key:      key,
		Revision: int64(binary.BigEndian.Uint64(value)),
		Expires:  time.Unix(int64(binary.BigEndian.Uint64(value[8:])), 0).UTC(),
		Body:     value[valueHeader:],
	}, nil
}

// encodeExpiry orders the items of the expiries bucket by time. The sign bit is
// turned so that times before 1970 come first.
func encodeExpiry(expires time.Time, key []byte) []byte {
	entry := make([]byte, 0, 8+len(key))
	entry = binary.BigEndian.AppendUint64(entry, uint64(expires.Unix())^1<<63)
	return append(entry, key...)
}

// decodeExpiry gives the time of an entry, in seconds, and its key in items.
func decodeExpiry(entry []byte) (seconds int64, key []byte) {
	return int64(binary.BigEndian.Uint64(entry) ^ 1<<63), entry[8:]
}
