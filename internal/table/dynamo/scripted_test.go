package dynamo_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"plumbline/internal/table"
	"plumbline/internal/table/dynamo"
)

// script stands for DynamoDB: it answers the calls in turn, as its steps say, and the
// last step again and again.
type script struct {
	mu    sync.Mutex
	steps []step
	calls []call
}

// call is one request as it came.
type call struct {
	operation string
	body      map[string]any
}

// step answers a call with a status and a body, or loses the answer.
type step struct {
	status int
	body   func(call) string
	lost   bool
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	c := call{operation: operation}
	if err := json.NewDecoder(r.Body).Decode(&c.body); err != nil {
		return nil, err
	}
	s.calls = append(s.calls, c)
	next := s.steps[min(len(s.calls), len(s.steps))-1]
	if next.lost {
		return nil, errors.New("connection reset by peer")
	}
	return &http.Response{
		StatusCode: next.status,
		Header:     http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body:       io.NopCloser(strings.NewReader(next.body(c))),
		Request:    r,
	}, nil
}

func answer(body string) step { return step{status: 200, body: func(call) string { return body }} }

// refusal is an error as DynamoDB sends it.
func refusal(kind, more string) step {
	return step{status: 400, body: func(call) string {
		return `{"__type":"com.amazonaws.dynamodb.v20120810#` + kind + `","message":"refused"` + more + `}`
	}}
}

var lost = step{lost: true}

// scripted gives a table over a script, whose client does not wait between its tries.
func scripted(observe func(string, float64), steps ...step) (*dynamo.Table, *script) {
	s := &script{steps: steps}
	client := dynamodb.New(dynamodb.Options{
		Region:      "eu-west-1",
		Credentials: credentials.NewStaticCredentialsProvider("id", "key", ""),
		HTTPClient:  &http.Client{Transport: s},
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		}),
		DisableValidateResponseChecksum: true,
		BaseEndpoint:                    aws.String("http://dynamodb.test"),
	})
	now := func() time.Time { return time.Unix(1_800_000_000, 0) }
	return dynamo.New(dynamo.Config{Client: client, Name: "plumbline", Now: now, Observe: observe}), s
}

// operations are the names of the calls that came.
func (s *script) operations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, c := range s.calls {
		names = append(names, c.operation)
	}
	return names
}

func wants(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error %v, want one that is %v", err, want)
	}
}

func item(sk string) table.Item {
	return table.Item{Key: table.Key{PK: "p", SK: sk}, Revision: 2, Body: []byte("body")}
}
