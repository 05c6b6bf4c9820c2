package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"plumbline/internal/table"
	"plumbline/internal/table/bolt/boltfile"
)

var (
	itemsBucket    = []byte("items")
	expiriesBucket = []byte("expiries")
	metaBucket     = []byte("meta")
	formatKey      = []byte("format")
)

// format is the version of the layout that the package comment draws. Items of a file
// of the first one have no checksum until they are written again.
const (
	format      = "1+crc32c"
	firstFormat = "1"
)

// layout is what a file is held against when it is opened.
type layout struct{ expected bool }

// see checks one key and its value.
func (layout) see(bucket string, key, value []byte) error {
	switch bucket {
	case string(itemsBucket):
		if !bytes.Contains(key, []byte{0, 1}) {
			return errors.New("an item has no partition")
		}
		_, err := decodeValue(key, value)
		return err
	case string(expiriesBucket):
		if len(key) < 8 || !bytes.Contains(key[8:], []byte{0, 1}) {
			return errors.New("an expiry is of no item")
		}
	case "":
		return errors.New("a key outside of all buckets")
	}
	return nil
}

// prepare makes the buckets of a new file and refuses a file of another format.
func (l layout) prepare(tx *bbolt.Tx) error {
	if l.expected && tx.Bucket(itemsBucket) == nil {
		return fmt.Errorf("%w: it holds no table", boltfile.ErrDamaged)
	}
	meta, err := tx.CreateBucketIfNotExists(metaBucket)
	if err != nil {
		return err
	}
	switch found := meta.Get(formatKey); {
	case found == nil, string(found) == firstFormat:
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
