// The function bare does nothing. It links what every function links, so that `make
// bench` can tell what ours add to it.
package main

import (
	"context"
	"encoding/json"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"plumbline/functions/internal/start"
)

func main() {
	loaded, err := start.Environment()
	if err != nil {
		os.Exit(1)
	}
	clients := []any{dynamodb.NewFromConfig(loaded), s3.NewFromConfig(loaded), sqs.NewFromConfig(loaded)}
	lambda.Start(func(_ context.Context, event json.RawMessage) (map[string]int, error) {
		return map[string]int{"statusCode": 400, "clients": len(clients)}, nil
	})
}
