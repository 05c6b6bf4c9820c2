package dynamo

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"plumbline/internal/table"
)

// Query implements [table.Table].
func (t *Table) Query(ctx context.Context, query table.Query) (table.Page, error) {
	if err := ctx.Err(); err != nil {
		return table.Page{}, err
	}
	if err := query.Validate(); err != nil {
		return table.Page{}, err
	}
	if from, to := query.Range(); to != "" && from >= to {
		return table.Page{}, nil // DynamoDB refuses a range that is empty
	}
	input := t.queryInput(query)
	answer, err := t.client.Query(ctx, input)
	if err != nil {
		return table.Page{}, fail("query "+query.PK, err)
	}
	t.spentOne("Query", answer.ConsumedCapacity)
	next := decodeKey(answer.LastEvaluatedKey).SK
	items := make([]table.Item, 0, len(answer.Items))
	for _, stored := range answer.Items {
		item, err := decode(stored)
		if err != nil {
			return table.Page{}, err
		}
		if query.To != "" && item.SK >= query.To {
			next = "" // the end of an inclusive BETWEEN, which does not belong to the range
			break
		}
		items = append(items, item)
	}
	// DynamoDB counts a page's bytes a little otherwise than the port does.
	page := table.Cut(query, t.now(), slices.Values(items))
	if page.Next == "" {
		page.Next = next
	}
	return page, nil
}

// queryInput writes the range as a condition, of which DynamoDB takes one on the sort
// key, and a start that is excluded, which must lie in the condition's range.
//
//	direction  cursor              condition                 start
//	forward    none, below From    sk BETWEEN From AND To    (none)
//	forward    in the range        sk < To                   After
//	backward   any                 sk >= From                the lesser of After and To
func (t *Table) queryInput(query table.Query) *dynamodb.QueryInput {
	input := &dynamodb.QueryInput{
		TableName: &t.name, ConsistentRead: aws.Bool(true), ScanIndexForward: aws.Bool(!query.Backward),
		ReturnConsumedCapacity: t.consumed,
	}
	if query.Limit > 0 {
		input.Limit = aws.Int32(int32(min(query.Limit, 1<<20)))
	}
	from, to, start := query.From, query.To, query.After
	switch {
	case query.Backward:
		_, start = query.Range()
		to = ""
	case start >= from:
		from = ""
	default:
		start = ""
	}
	if start != "" {
		input.ExclusiveStartKey = encodeKey(table.Key{PK: query.PK, SK: start})
	}
	condition, values := "pk = :pk", attributes{":pk": binary(query.PK)}
	switch {
	case from != "" && to != "":
		condition += " AND sk BETWEEN :from AND :to"
	case from != "":
		condition += " AND sk >= :from"
	case to != "":
		condition += " AND sk < :to"
	}
	if from != "" {
		values[":from"] = binary(from)
	}
	if to != "" {
		values[":to"] = binary(to)
	}
	input.KeyConditionExpression, input.ExpressionAttributeValues = &condition, values
	return input
}
