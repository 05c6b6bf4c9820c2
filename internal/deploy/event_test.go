package deploy_test

import (
	"crypto/md5"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"plumbline/internal/local/s3"
)

// request is an event of API Gateway's REST API: the resource with its variables filled
// in, behind a stage.
func (a *account) request(method, resource string, variables map[string]string, query, body string) events.APIGatewayProxyRequest {
	path := resource
	for name, value := range variables {
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		a.t.Fatal(err)
	}
	return events.APIGatewayProxyRequest{
		Resource: resource, Path: path, HTTPMethod: method, PathParameters: variables, Body: body,
		MultiValueQueryStringParameters: values,
		MultiValueHeaders: map[string][]string{
			"Authorization": {"Bearer " + a.token}, "Content-Type": {"application/json"}, "Accept": {"application/json"},
		},
		RequestContext: events.APIGatewayProxyRequestContext{
			Stage: "v1", Path: "/v1" + path, HTTPMethod: method, ResourcePath: resource, RequestID: "deef4878-7910-11e6-8f14-25afc3e9ae33",
			DomainName: "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com", Identity: events.APIGatewayRequestIdentity{SourceIP: "203.0.113.7"},
		},
	}
}

// call sends a request through a function, expects the status, and reads the answer
// into a T.
func call[T any](a *account, function string, status int, event events.APIGatewayProxyRequest) T {
	a.t.Helper()
	text, err := a.function(function).invoke(event)
	if err != nil {
		a.t.Fatal(err)
	}
	var answer events.APIGatewayProxyResponse
	var read T
	if err := json.Unmarshal(text, &answer); err != nil {
		a.t.Fatalf("%s: %v", text, err)
	}
	if answer.StatusCode != status {
		a.t.Fatalf("%s %s: status %d, want %d: %s", event.HTTPMethod, event.Path, answer.StatusCode, status, answer.Body)
	}
	if answer.Body != "" {
		if err := json.Unmarshal([]byte(answer.Body), &read); err != nil {
			a.t.Fatalf("%s: %v", answer.Body, err)
		}
	}
	return read
}

// notification is what a bucket sends.
func notification(change s3.Event) any {
	key := strings.ReplaceAll(url.QueryEscape(change.Key), "%2F", "/")
	return map[string]any{"Records": []any{map[string]any{
		"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "eu-west-1", "eventTime": "2026-11-21T10:15:00.000Z", "eventName": string(change.Name),
		"s3": map[string]any{"s3SchemaVersion": "1.0", "bucket": map[string]any{"name": change.Bucket, "arn": "arn:aws:s3:::" + change.Bucket},
			"object": map[string]any{"key": key, "size": change.Size, "eTag": change.ETag, "versionId": change.VersionID, "sequencer": change.Sequencer}},
	}}}
}

// bridged is what EventBridge sends of the same.
func bridged(change s3.Event) any {
	kind := "Object Created"
	if strings.HasPrefix(string(change.Name), "ObjectRemoved:") {
		kind = "Object Deleted"
	}
	return map[string]any{"version": "0", "source": "aws.s3", "detail-type": kind, "account": "123456789012", "time": "2026-11-21T10:15:00Z", "region": "eu-west-1",
		"detail": map[string]any{"version": "0", "bucket": map[string]any{"name": change.Bucket},
			"object": map[string]any{"key": change.Key, "size": change.Size, "etag": change.ETag, "sequencer": change.Sequencer}, "reason": "PutObject"}}
}

// batch is what an event source mapping sends of a queue.
func batch(bodies map[string]string) events.SQSEvent {
	var event events.SQSEvent
	for id, body := range bodies {
		event.Records = append(event.Records, events.SQSMessage{
			MessageId: id, ReceiptHandle: "handle-" + id, Body: body, Md5OfBody: fmt.Sprintf("%x", md5Of(body)),
			EventSource: "aws:sqs", EventSourceARN: "arn:aws:sqs:eu-west-1:123456789012:jobs", AWSRegion: "eu-west-1",
		})
	}
	return event
}

// md5Of is what SQS answers for a body, so that a client sees that it arrived whole.
func md5Of(body string) [md5.Size]byte { return md5.Sum([]byte(body)) }
