package dynamo_test

import (
	"testing"
	"time"

	"plumbline/internal/table"
	"plumbline/internal/table/dynamo"
	"plumbline/internal/table/dynamo/dynamotest"
	"plumbline/internal/table/tabletest"
)

func TestContract(t *testing.T) {
	t.Parallel()
	client := dynamotest.Client(t)
	tabletest.Run(t, func(t *testing.T, now func() time.Time) table.Table {
		return dynamo.New(dynamo.Config{Client: client, Name: dynamotest.Create(t, client), Now: now})
	})
}
