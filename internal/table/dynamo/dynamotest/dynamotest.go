// Package dynamotest makes DynamoDB tables for tests, at the endpoint that the variable
// DYNAMODB_ENDPOINT names: DynamoDB Local, LocalStack, or a region of a real account.
//
// Its one invariant: every table that it makes is deleted when its test ends.
//
// Start at [Client]; `make test-dynamodb` starts a database and runs all tests that
// need one.
package dynamotest

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"

	"plumbline/internal/table/dynamo"
)

// Client reaches the endpoint. Without one the test is skipped, and says how it is
// run. Credentials and region are those of the environment, where it has any: no
// stand-in for AWS looks at them.
func Client(t testing.TB) *dynamodb.Client {
	t.Helper()
	endpoint := os.Getenv("DYNAMODB_ENDPOINT")
	if endpoint == "" {
		t.Skip("no DYNAMODB_ENDPOINT: run by `make test-dynamodb`")
	}
	options := []func(*config.LoadOptions) error{}
	if os.Getenv("AWS_ACCESS_KEY_ID") == "" && os.Getenv("AWS_PROFILE") == "" {
		options = append(options, config.WithRegion("eu-west-1"),
			config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("local", "local", "")))
	}
	loaded, err := config.LoadDefaultConfig(t.Context(), options...)
	if err != nil {
		t.Fatal(err)
	}
	return dynamodb.NewFromConfig(loaded, func(o *dynamodb.Options) {
		o.BaseEndpoint = &endpoint
		// DynamoDB Local answers errors without a checksum, and the client would log each.
		o.DisableValidateResponseChecksum = true
	})
}

// Create makes an empty table as the template does, waits until it is there, and gives
// its name.
func Create(t testing.TB, client *dynamodb.Client) string {
	t.Helper()
	name := "plumbline-test-" + uuid.NewString()
	_, err := client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName:   &name,
		BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String(dynamo.PartitionKey), AttributeType: types.ScalarAttributeTypeB},
			{AttributeName: aws.String(dynamo.SortKey), AttributeType: types.ScalarAttributeTypeB},
		},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String(dynamo.PartitionKey), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String(dynamo.SortKey), KeyType: types.KeyTypeRange},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
		defer cancel()
		if _, err := client.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: &name}); err != nil {
			t.Errorf("delete table %s: %v", name, err)
		}
	})
	there := dynamodb.NewTableExistsWaiter(client, func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 50*time.Millisecond, 2*time.Second
	})
	if err := there.Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: &name}, 2*time.Minute); err != nil {
		t.Fatal(err)
	}
	return name
}
