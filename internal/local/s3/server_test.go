package s3_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"

	"plumbline/internal/local/s3"
	"plumbline/internal/object"
	"plumbline/internal/place"
)

const bucket = "estate"

// stack is a server on a port, with clients and all that it told.
type stack struct {
	dir    string
	server *s3.Server
	url    string
	client *awss3.Client
	store  *object.Store

	mu     sync.Mutex
	events []s3.Event
}

// start opens the server of a folder.
func start(t *testing.T, dir string, config s3.Config) *stack {
	t.Helper()
	st := &stack{dir: dir}
	config.Buckets = append(config.Buckets, bucket)
	config.Notify = func(event s3.Event) {
		st.mu.Lock()
		defer st.mu.Unlock()
		st.events = append(st.events, event)
	}
	server, err := s3.Open(dir, config)
	if err != nil {
		t.Fatal(err)
	}
	st.server = server
	st.listen(t, server.Handler())
	return st
}

// throughOwn is the same server as the stack itself reaches it.
func (st *stack) throughOwn(t *testing.T) *stack {
	t.Helper()
	own := &stack{dir: st.dir, server: st.server}
	own.listen(t, st.server.OwnHandler())
	return own
}

// listen serves on a port and makes the clients.
func (st *stack) listen(t *testing.T, handler http.Handler) {
	t.Helper()
	listener := httptest.NewServer(handler)
	t.Cleanup(listener.Close)
	st.url = listener.URL
	st.client = awss3.New(awss3.Options{
		BaseEndpoint: &st.url, Region: "eu-west-1", UsePathStyle: true, RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret"}, nil
		}),
	})
	st.store = object.New(st.client)
}

// told gives the events so far and forgets them.
func (st *stack) told() []s3.Event {
	st.mu.Lock()
	defer st.mu.Unlock()
	events := slices.Clone(st.events)
	st.events = nil
	return events
}

func at(key string) place.Location { return place.Location{Bucket: bucket, Key: key} }

func (st *stack) put(t *testing.T, key, text string) object.Info {
	t.Helper()
	info, err := st.store.Put(t.Context(), at(key), bytes.NewReader([]byte(text)), object.PutOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// read gives the content of a key's current version, or of the pinned one.
func (st *stack) read(t *testing.T, key string, pin object.Pin) string {
	t.Helper()
	body, _, err := st.store.Open(t.Context(), at(key), pin)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// keys lists the bucket.
func (st *stack) keys(t *testing.T) []string {
	t.Helper()
	var keys []string
	err := st.store.List(t.Context(), bucket, "", func(info object.Info) error {
		keys = append(keys, info.Key)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}
