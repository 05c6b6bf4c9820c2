package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// calls are the operations of a client that this package asks for. They are held one by
// one: a program in which templates run keeps every method of every type that an
// interface leads to, and the client has sixty.
type calls struct {
	GetItem            call[dynamodb.GetItemInput, dynamodb.GetItemOutput]
	BatchGetItem       call[dynamodb.BatchGetItemInput, dynamodb.BatchGetItemOutput]
	Query              call[dynamodb.QueryInput, dynamodb.QueryOutput]
	PutItem            call[dynamodb.PutItemInput, dynamodb.PutItemOutput]
	DeleteItem         call[dynamodb.DeleteItemInput, dynamodb.DeleteItemOutput]
	TransactWriteItems call[dynamodb.TransactWriteItemsInput, dynamodb.TransactWriteItemsOutput]
	BatchWriteItem     call[dynamodb.BatchWriteItemInput, dynamodb.BatchWriteItemOutput]
}

type call[In, Out any] func(context.Context, *In, ...func(*dynamodb.Options)) (*Out, error)

func callsOf(client *dynamodb.Client) calls {
	if client == nil {
		return calls{}
	}
	return calls{client.GetItem, client.BatchGetItem, client.Query, client.PutItem, client.DeleteItem,
		client.TransactWriteItems, client.BatchWriteItem}
}
