package dynamo

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"plumbline/internal/table"
)

const (
	revisionName = "r"
	bodyName     = "b"
	writeName    = "w"
)

// attributes is an item, or a part of one, as DynamoDB takes it.
type attributes = map[string]types.AttributeValue

func binary(value string) types.AttributeValue {
	return &types.AttributeValueMemberB{Value: []byte(value)}
}

func number(value int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(value, 10)}
}

func encodeKey(key table.Key) attributes {
	return attributes{PartitionKey: binary(key.PK), SortKey: binary(key.SK)}
}

// encode gives the item's attributes; a write of nil leaves no write id.
func encode(item table.Item, write []byte) attributes {
	encoded := encodeKey(item.Key)
	encoded[revisionName] = number(item.Revision)
	if !item.Expires.IsZero() {
		encoded[Expiry] = number(item.Expires.Unix())
	}
	if len(item.Body) > 0 {
		encoded[bodyName] = &types.AttributeValueMemberB{Value: item.Body}
	}
	if write != nil {
		encoded[writeName] = &types.AttributeValueMemberB{Value: write}
	}
	return encoded
}

var errDamaged = errors.New("the stored item is damaged")

func decode(stored attributes) (table.Item, error) {
	item := table.Item{Key: decodeKey(stored), Body: bytesOf(stored[bodyName])}
	revision, found, err := numberOf(stored[revisionName])
	if err != nil || !found || item.PK == "" || item.SK == "" {
		return table.Item{}, fmt.Errorf("read %s: %w", item.Key, errDamaged)
	}
	item.Revision = revision
	expires, found, err := numberOf(stored[Expiry])
	if err != nil {
		return table.Item{}, fmt.Errorf("read %s: %w", item.Key, errDamaged)
	}
	if found {
		item.Expires = time.Unix(expires, 0).UTC()
	}
	return item, nil
}

func decodeKey(stored attributes) table.Key {
	return table.Key{PK: string(bytesOf(stored[PartitionKey])), SK: string(bytesOf(stored[SortKey]))}
}

// bytesOf is nil for an attribute that is absent or of another type.
func bytesOf(value types.AttributeValue) []byte {
	if b, ok := value.(*types.AttributeValueMemberB); ok {
		return b.Value
	}
	return nil
}

func numberOf(value types.AttributeValue) (n int64, found bool, err error) {
	if value == nil {
		return 0, false, nil
	}
	text, ok := value.(*types.AttributeValueMemberN)
	if !ok {
		return 0, true, errDamaged
	}
	n, err = strconv.ParseInt(text.Value, 10, 64)
	return n, true, err
}
