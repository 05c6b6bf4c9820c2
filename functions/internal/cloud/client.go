package cloud

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"plumbline/internal/lambdarun/jobs"
	"plumbline/internal/setting"
)

// clients reach AWS, or the stand-ins that the SDK's own variables name
// (AWS_ENDPOINT_URL and those of the services).
type clients struct {
	dynamodb *dynamodb.Client
	s3       *s3.Client
	sqs      *sqs.Client
}

func connect(ctx context.Context, settings setting.Settings) (clients, error) {
	loaded, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return clients{}, err
	}
	return clients{
		dynamodb: dynamodb.NewFromConfig(loaded, func(o *dynamodb.Options) {
			if settings.DynamoDBEndpoint != "" {
				o.BaseEndpoint = &settings.DynamoDBEndpoint
			}
			// Stand-ins answer errors without a checksum, and the client would log each.
			o.DisableValidateResponseChecksum = o.BaseEndpoint != nil
		}),
		s3: s3.NewFromConfig(loaded, func(o *s3.Options) {
			o.UsePathStyle = o.BaseEndpoint != nil // stand-ins have no host for each bucket
		}),
		sqs: sqs.NewFromConfig(loaded),
	}, nil
}

func (c clients) queue(url string) *jobs.Queue {
	return &jobs.Queue{SendMessage: c.sqs.SendMessage, URL: url}
}
