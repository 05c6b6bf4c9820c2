package dynamo

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"plumbline/internal/table"
)

// batchWriteItems is the most items that one BatchWriteItem takes. As many of the
// greatest size stay below its 16 MB.
const batchWriteItems = 25

// BulkPut implements [table.Table].
func (t *Table) BulkPut(ctx context.Context, items []table.Item) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := table.ValidateItems(items); err != nil {
		return err
	}
	for part := range slices.Chunk(items, batchWriteItems) {
		if err := t.batchPut(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// batchPut sends again what DynamoDB leaves unprocessed.
func (t *Table) batchPut(ctx context.Context, items []table.Item) error {
	var requests []types.WriteRequest
	for _, item := range items {
		requests = append(requests, types.WriteRequest{PutRequest: &types.PutRequest{Item: encode(item, nil)}})
	}
	for attempt := 0; ; attempt++ {
		answer, err := t.client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{
			RequestItems: map[string][]types.WriteRequest{t.name: requests}, ReturnConsumedCapacity: t.consumed,
		})
		if err != nil {
			return fail(fmt.Sprintf("put %d items", len(requests)), err)
		}
		t.spent("BatchWriteItem", answer.ConsumedCapacity...)
		rest := answer.UnprocessedItems[t.name]
		if len(rest) == 0 {
			return nil
		}
		if len(rest) < len(requests) {
			attempt = 0
		}
		requests = rest
		if err := pause(ctx, attempt); err != nil {
			return fmt.Errorf("put %d items: %w", len(rest), err)
		}
	}
}
