// Package dynamo is the table port on one DynamoDB table.
//
// Its one invariant: a write that took place is answered as one that took place,
// also where the client had to repeat it. A transaction carries a token, which
// DynamoDB honours for ten minutes; a lone put carries a write id in its item, by
// which a repeated put knows its own.
//
//	attribute  type    what it is
//	pk         binary  partition key
//	sk         binary  sort key
//	r          number  revision
//	x          number  expiry, seconds since 1970; absent: never. The table's TTL
//	b          binary  body; absent: empty
//	w          binary  id of the write that put the item, 16 bytes
//
// Keys are binary, so that they sort as bytes and need not be UTF-8. Expiry is judged
// by the clock of the caller: DynamoDB deletes days later.
//
// Start at [New]. Source of the limits and errors: Amazon DynamoDB API Reference,
// 2012-08-10.
package dynamo

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"plumbline/internal/table"
)

// The attributes of the key and the one that the table's TTL goes by, for those who
// make the table; pk and sk are binary.
const (
	PartitionKey = "pk"
	SortKey      = "sk"
	Expiry       = "x"
)

// Config ties a [Table] to its surroundings.
type Config struct {
	// Client reaches DynamoDB; its retries, region and credentials are used as they
	// are. Required.
	Client *dynamodb.Client
	// Name is the name or ARN of the table. Required.
	Name string
	// Now is the clock that expiry is judged by; nil means time.Now.
	Now func() time.Time
	// Observe is told the capacity units that DynamoDB reports of each call that
	// succeeded, by the name of its operation: read units of GetItem, BatchGetItem and
	// Query, write units of the others. It must be safe for concurrent use. Nil: not
	// asked for.
	Observe func(operation string, units float64)
}

// Table implements [table.Table]. Make it with [New].
type Table struct {
	client   calls
	name     string
	now      func() time.Time
	observe  func(operation string, units float64)
	consumed types.ReturnConsumedCapacity // what each call asks to be told
}

var _ table.Table = (*Table)(nil)

// New gives the table port over a table that exists. It makes no call.
func New(config Config) *Table {
	t := &Table{
		client:   callsOf(config.Client),
		name:     config.Name,
		now:      config.Now,
		observe:  config.Observe,
		consumed: types.ReturnConsumedCapacityTotal,
	}
	if t.now == nil {
		t.now = time.Now
	}
	if t.observe == nil {
		t.observe, t.consumed = func(string, float64) {}, types.ReturnConsumedCapacityNone
	}
	return t
}

// spent reports what a call has consumed.
func (t *Table) spent(operation string, consumed ...types.ConsumedCapacity) {
	for _, c := range consumed {
		if c.CapacityUnits != nil {
			t.observe(operation, *c.CapacityUnits)
		}
	}
}

// spentOne is spent for the operations that answer with at most one figure.
func (t *Table) spentOne(operation string, consumed *types.ConsumedCapacity) {
	if consumed != nil {
		t.spent(operation, *consumed)
	}
}
