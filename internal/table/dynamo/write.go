package dynamo

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"

	"plumbline/internal/table"
)

// Write implements [table.Table]. One put, or one delete under [table.Any], costs half
// of a transaction and is sent alone. A delete that was judged leaves no item by which
// a repeated one would know its own, so it goes as a transaction, under a token.
//
// A lone put that took place, whose answer was lost, and whose item another write
// replaced before the client repeated it is answered as a conflict.
func (t *Table) Write(ctx context.Context, ops ...table.Op) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := table.Validate(ops); err != nil {
		return err
	}
	id := uuid.New()
	if len(ops) > 1 {
		return t.transact(ctx, id, ops)
	}
	switch op := ops[0]; {
	case op.Kind == table.OpPut:
		return t.put(ctx, id, op)
	case op.Kind == table.OpDelete && op.If.IsAny():
		return t.delete(ctx, op.Item.Key)
	}
	return t.transact(ctx, id, ops)
}

func (t *Table) put(ctx context.Context, id uuid.UUID, op table.Op) error {
	input := &dynamodb.PutItemInput{
		TableName: &t.name, Item: encode(op.Item, id[:]), ReturnConsumedCapacity: t.consumed,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	input.ConditionExpression, input.ExpressionAttributeValues = condition(op.If, t.now())
	return undisturbed(ctx, "put "+op.Item.Key.String(), func() error {
		answer, err := t.client.PutItem(ctx, input)
		if err == nil {
			t.spentOne("PutItem", answer.ConsumedCapacity)
			return nil
		}
		var failed *types.ConditionalCheckFailedException
		switch {
		case !errors.As(err, &failed):
			return err
		case bytes.Equal(bytesOf(failed.Item[writeName]), id[:]):
			return nil // an earlier try of this very write
		}
		return &table.ConflictError{Failed: []table.Key{op.Item.Key}}
	})
}

func (t *Table) delete(ctx context.Context, key table.Key) error {
	return undisturbed(ctx, "delete "+key.String(), func() error {
		answer, err := t.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{
			TableName: &t.name, Key: encodeKey(key), ReturnConsumedCapacity: t.consumed,
		})
		if err == nil {
			t.spentOne("DeleteItem", answer.ConsumedCapacity)
		}
		return err
	})
}

func (t *Table) transact(ctx context.Context, id uuid.UUID, ops []table.Op) error {
	token := id.String()
	input := &dynamodb.TransactWriteItemsInput{ClientRequestToken: &token, ReturnConsumedCapacity: t.consumed}
	for _, op := range ops {
		input.TransactItems = append(input.TransactItems, t.action(op, id))
	}
	return undisturbed(ctx, fmt.Sprintf("write %d ops", len(ops)), func() error {
		answer, err := t.client.TransactWriteItems(ctx, input)
		if err == nil {
			t.spent("TransactWriteItems", answer.ConsumedCapacity...)
			return nil
		}
		var canceled *types.TransactionCanceledException
		if !errors.As(err, &canceled) {
			return err
		}
		return canceledBy(canceled, ops)
	})
}

// action is an op as a part of a transaction.
func (t *Table) action(op table.Op, id uuid.UUID) types.TransactWriteItem {
	expression, values := condition(op.If, t.now())
	switch op.Kind {
	case table.OpPut:
		return types.TransactWriteItem{Put: &types.Put{
			TableName: &t.name, Item: encode(op.Item, id[:]),
			ConditionExpression: expression, ExpressionAttributeValues: values,
		}}
	case table.OpDelete:
		return types.TransactWriteItem{Delete: &types.Delete{
			TableName: &t.name, Key: encodeKey(op.Item.Key),
			ConditionExpression: expression, ExpressionAttributeValues: values,
		}}
	}
	return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
		TableName: &t.name, Key: encodeKey(op.Item.Key),
		ConditionExpression: expression, ExpressionAttributeValues: values,
	}}
}
