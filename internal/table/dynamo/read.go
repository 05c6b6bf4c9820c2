package dynamo

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"plumbline/internal/table"
)

// Get implements [table.Table].
func (t *Table) Get(ctx context.Context, key table.Key) (table.Item, error) {
	if err := key.Validate(); err != nil {
		return table.Item{}, err
	}
	answer, err := t.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &t.name, Key: encodeKey(key), ConsistentRead: aws.Bool(true), ReturnConsumedCapacity: t.consumed,
	})
	if err != nil {
		return table.Item{}, fail("get "+key.String(), err)
	}
	t.spentOne("GetItem", answer.ConsumedCapacity)
	if answer.Item == nil {
		return table.Item{}, fmt.Errorf("get %s: %w", key, table.ErrNotFound)
	}
	item, err := decode(answer.Item)
	if err == nil && item.Expired(t.now()) {
		err = fmt.Errorf("get %s: %w", key, table.ErrNotFound)
	}
	if err != nil {
		return table.Item{}, err
	}
	return item, nil
}

// batchGetKeys is the most keys that one BatchGetItem takes.
const batchGetKeys = 100

// BatchGet implements [table.Table].
func (t *Table) BatchGet(ctx context.Context, keys []table.Key) ([]table.Item, error) {
	if err := table.ValidateKeys(keys); err != nil {
		return nil, err
	}
	found := make(map[table.Key]table.Item, len(keys))
	for part := range slices.Chunk(keys, batchGetKeys) {
		if err := t.batchGet(ctx, part, found); err != nil {
			return nil, err
		}
	}
	now := t.now()
	items := make([]table.Item, 0, len(found))
	for _, key := range keys {
		if item, ok := found[key]; ok && !item.Expired(now) {
			items = append(items, item)
		}
	}
	return items, nil
}

// batchGet asks again for the keys that DynamoDB leaves unprocessed: those behind
// 16 MB of items, and those that it throttles.
func (t *Table) batchGet(ctx context.Context, keys []table.Key, found map[table.Key]table.Item) error {
	wanted := types.KeysAndAttributes{ConsistentRead: aws.Bool(true)}
	for _, key := range keys {
		wanted.Keys = append(wanted.Keys, encodeKey(key))
	}
	for attempt := 0; ; attempt++ {
		answer, err := t.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
			RequestItems: map[string]types.KeysAndAttributes{t.name: wanted}, ReturnConsumedCapacity: t.consumed,
		})
		if err != nil {
			return fail(fmt.Sprintf("get %d items", len(wanted.Keys)), err)
		}
		t.spent("BatchGetItem", answer.ConsumedCapacity...)
		for _, stored := range answer.Responses[t.name] {
			item, err := decode(stored)
			if err != nil {
				return err
			}
			found[item.Key] = item
		}
		rest := answer.UnprocessedKeys[t.name].Keys
		if len(rest) == 0 {
			return nil
		}
		if len(rest) < len(wanted.Keys) {
			attempt = 0
		}
		wanted.Keys = rest
		if err := pause(ctx, attempt); err != nil {
			return fmt.Errorf("get %d items: %w", len(rest), err)
		}
	}
}
