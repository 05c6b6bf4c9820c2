package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"plumbline/internal/table"
)

// A body is one byte of format and the record. Formats: a digit is the record's JSON in
// the shape of that number, of its kind; '@' is the key of a blob that holds the body. A
// new shape of a record gets the next number ([shaped]) and a decoder of the one before
// ([upgraded]), so that what was stored once is always read.
//
//	kind        '1'                                        '2'
//	entity      counts of secrets by property              by the secret's own pointer
//	proposal    one count of secrets for each change       each secret of a change
//	all others  as today                                   -
//
// A member that stands for a value says what it means: none is "omitempty", which would
// drop what is empty, too.
const (
	formatFirst  = '1'
	formatSecond = '2'
	formatBlob   = '@'
)

// shaped is a record that is not written in the first shape of its kind.
type shaped interface{ format() byte }

// upgraded reads a record from the JSON of an earlier shape.
type upgraded interface {
	upgrade(format byte, raw []byte) error
}

var errFormat = errors.New("unknown format")

func formatOf(record any) byte {
	if s, ok := record.(shaped); ok {
		return s.format()
	}
	return formatFirst
}

// body is the body of a record, whatever its length.
func body(record any) ([]byte, error) {
	raw, err := json.Marshal(record, json.Deterministic(true))
	return append([]byte{formatOf(record)}, raw...), err
}

// unbody reads a record from a body.
func unbody(body []byte, record any) error {
	if len(body) == 0 {
		return errFormat
	}
	if body[0] == formatOf(record) {
		return json.Unmarshal(body[1:], record)
	}
	if earlier, ok := record.(upgraded); ok {
		return earlier.upgrade(body[0], body[1:])
	}
	return errFormat
}

// maxInline is the largest body kept in an item; the rest of an item's limit is for
// its keys and attributes.
const maxInline = table.MaxItem - 8_000

// encode gives the body of a record. Where it is too big for an item it is put into
// a blob below owner, which names the record, and the body refers to it.
func (s *Store) encode(ctx context.Context, owner string, record any) ([]byte, error) {
	body, err := body(record)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", owner, err)
	}
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
	if err := unbody(body, record); err != nil {
		return fmt.Errorf("item %s: %w", item.Key, err)
	}
	return nil
}

// small gives the body of a record that is never big.
func small(record any) []byte {
	body, err := body(record)
	if err != nil {
		panic("store: " + err.Error()) // a struct of strings and numbers always encodes
	}
	return body
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
