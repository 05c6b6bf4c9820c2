package store

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"plumbline/internal/table"
)

// A body is one byte of format and the record. Formats: '1' is the record's JSON;
// '@' is the key of a blob that holds the body. A new shape of a record gets a new
// format byte and a decoder of its own.
const (
	formatJSON = '1'
	formatBlob = '@'
)

// maxInline is the largest body kept in an item; the rest of an item's limit is for
// its keys and attributes.
const maxInline = table.MaxItem - 8_000

// encode gives the body of a record. Where it is too big for an item it is put into
// a blob below owner, which names the record, and the body refers to it.
func (s *Store) encode(ctx context.Context, owner string, record any) ([]byte, error) {
	body, err := json.Marshal(record, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", owner, err)
	}
	body = append([]byte{formatJSON}, body...)
	if len(body) <= maxInline {
		return body, nil
	}
	sum := sha256.Sum256(body)
	blob := owner + "/" + ids.EncodeToString(sum[:])
	if err := s.blobs.PutBlob(ctx, blob, body); err != nil {
		return nil, fmt.Errorf("put blob %s: %w", blob, err)
	}
	return append([]byte{formatBlob}, blob...), nil
}

// decode reads a record from an item.
func (s *Store) decode(ctx context.Context, item table.Item, record any) error {
	body := item.Body
	if len(body) > 0 && body[0] == formatBlob {
		var err error
		if body, err = s.blobs.GetBlob(ctx, string(body[1:])); err != nil {
			return fmt.Errorf("get blob of %s: %w", item.Key, err)
		}
	}
	if len(body) == 0 || body[0] != formatJSON {
		return fmt.Errorf("item %s: unknown format", item.Key)
	}
	if err := json.Unmarshal(body[1:], record); err != nil {
		return fmt.Errorf("item %s: %w", item.Key, err)
	}
	return nil
}

// small gives the body of a record that is never big.
func small(record any) []byte {
	body, err := json.Marshal(record, json.Deterministic(true))
	if err != nil {
		panic("store: " + err.Error()) // a struct of strings and numbers always encodes
	}
	return append([]byte{formatJSON}, body...)
}

// micros stores a time to the microsecond; 0 is the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}
