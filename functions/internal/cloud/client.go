package cloud

import (
	"github.com/aws/aws-sdk-go-v2/aws"
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

func connect(loaded aws.Config, settings setting.Settings) clients {
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
	}
}

func (c clients) queue(url string) *jobs.Queue {
	return &jobs.Queue{SendMessage: c.sqs.SendMessage, URL: url}
}
