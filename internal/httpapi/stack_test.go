package httpapi_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"

	"plumbline/internal/auth"
	"plumbline/internal/drift"
	"plumbline/internal/httpapi"
	"plumbline/internal/httpapi/httpscript"
	"plumbline/internal/local/s3"
	"plumbline/internal/object"
	"plumbline/internal/place"
	"plumbline/internal/reader"
	"plumbline/internal/reader/redact"
	"plumbline/internal/reader/tfstate"
	"plumbline/internal/registry"
	"plumbline/internal/report"
	"plumbline/internal/review"
	"plumbline/internal/scan"
	"plumbline/internal/scan/scantest"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
	"plumbline/internal/table/memory"
	"plumbline/internal/table/tabletest"
)

// stack is the whole of Plumbline behind the handler, in this process: the table in
// memory, S3 over a folder, a queue that is worked when the test says so.
type stack struct {
	handler http.Handler
	clock   *tabletest.Clock
	objects *object.Store
	store   *store.Store
	blobs   *storetest.Blobs
	scanner *scan.Scanner
	queue   *scantest.Queue
	signer  *auth.Signer
	log     *logged
	deps    httpapi.Deps
}

const (
	bucket   = "estate"
	issuer   = "https://issuer.test"
	audience = "plumbline"
)

func newStack(t *testing.T) *stack {
	t.Helper()
	s := &stack{clock: tabletest.NewClock(time.Now()), queue: &scantest.Queue{}, blobs: &storetest.Blobs{}, log: &logged{}}
	s.objects = object.New(newS3(t))
	s.store = store.New(store.Config{Table: memory.New(s.clock.Now), Blobs: s.blobs, Now: s.clock.Now})
	prefixes := place.Prefixes{Own: bucket}
	keys, err := redact.ParseKeys("k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
	if err != nil {
		t.Fatal(err)
	}
	s.scanner = scan.New(scan.Config{Store: s.store, Objects: s.objects, Queue: s.queue, Keys: keys,
		Readers: map[drift.Kind]reader.Reader{drift.KindTFState: &tfstate.Reader{}}, Prefixes: prefixes,
		MaxDocument: 64 << 20, Now: s.clock.Now, Log: slog.New(slog.NewTextHandler(s.log, nil)), PushWait: 50 * time.Millisecond})
	reviewer := review.New(review.Config{Store: s.store, Now: s.clock.Now})
	s.deps = httpapi.Deps{
		Registry: registry.New(registry.Config{Store: s.store, Queue: s.queue, Prefixes: prefixes, Now: s.clock.Now, Wait: 10 * time.Millisecond}),
		Report:   report.New(report.Config{Store: s.store, Now: s.clock.Now}),
		Rescan:   s.scanner.Run, Decide: reviewer.Decide, Now: s.clock.Now,
		Cursors: httpapi.NewCursors(keys.Derive(httpapi.CursorPurpose)),
	}
	s.serve(t)
	return s
}

// serve mounts the groups over the dependencies as they are.
func (s *stack) serve(t *testing.T) {
	t.Helper()
	if s.signer == nil {
		signer, err := auth.NewSigner(t.TempDir(), issuer, audience)
		if err != nil {
			t.Fatal(err)
		}
		s.signer = signer
	}
	verifier, err := auth.NewVerifier(auth.Config{Issuer: issuer, Audience: []string{audience}, Keys: s.signer.Keys})
	if err != nil {
		t.Fatal(err)
	}
	s.serveWith(verifier.Verify)
}

func (s *stack) serveWith(verify func(context.Context, string) (auth.Principal, error)) {
	groups := groupsOf(s.deps)
	s.handler = httpapi.New(httpapi.Config{Verify: verify, Log: slog.New(slog.NewTextHandler(s.log, nil))},
		append(groups, httpapi.Docs(groups...))...)
}

// serveGroups mounts some groups, as a function does; every token is refused.
func (s *stack) serveGroups(groups ...httpapi.Group) {
	refuse := func(context.Context, string) (auth.Principal, error) {
		return auth.Principal{}, auth.ErrUnauthenticated
	}
	s.handler = httpapi.New(httpapi.Config{Verify: refuse, Log: slog.New(slog.NewTextHandler(s.log, nil))}, groups...)
}

func groupsOf(deps httpapi.Deps) []httpapi.Group {
	return []httpapi.Group{httpapi.ImportSources(deps), httpapi.Rescan(deps), httpapi.DescribeStacks(deps), httpapi.DriftProposals(deps),
		httpapi.Environments(deps), httpapi.EntityTypes(deps), httpapi.Entities(deps)}
}

func newS3(t *testing.T) *awss3.Client {
	t.Helper()
	return newFront(t).client
}

// front is an S3 that refuses two ways of signing in at once, as the real one does.
type front struct {
	client *awss3.Client
	inner  http.Handler
	writes atomic.Int32
}

func newFront(t *testing.T) *front {
	t.Helper()
	server, err := s3.Open(t.TempDir(), s3.Config{Buckets: []string{bucket}})
	if err != nil {
		t.Fatal(err)
	}
	f := &front{inner: server.Handler()}
	listener := httptest.NewServer(f)
	t.Cleanup(listener.Close)
	f.client = awss3.New(awss3.Options{
		BaseEndpoint: &listener.URL, Region: "eu-west-1", UsePathStyle: true, RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret"}, nil
		}),
	})
	return f
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Has("X-Amz-Signature") && r.Header.Get("Authorization") != "" {
		http.Error(w, "only one auth mechanism allowed", http.StatusBadRequest)
		return
	}
	if r.Method == http.MethodPut || r.Method == http.MethodPost {
		f.writes.Add(1)
	}
	f.inner.ServeHTTP(w, r)
}

// script is the stack as scripts see it.
func (s *stack) script() httpscript.Stack {
	return httpscript.Stack{Send: s.send, Token: s.token, Do: s.do}
}

func (s *stack) send(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	s.handler.ServeHTTP(recorder, r)
	return recorder.Result(), nil
}

// token gives the tokens of the scripts.
func (s *stack) token(name string) (string, error) {
	may := map[string][]auth.Permission{
		"owner":  auth.Permissions(),
		"member": {auth.CatalogRead, auth.DataRead, auth.DataWrite},
		"viewer": {auth.CatalogRead, auth.DataRead},
		"nobody": {},
	}
	org, ttl := "acme", time.Hour
	switch name {
	case "none":
		return "", nil
	case "garbage":
		return "Bearer garbage", nil
	case "basic":
		return "Basic dXNlcjpwYXNz", nil
	case "expired":
		name, ttl = "owner", -time.Hour
	case "other":
		name, org = "owner", "globex"
	case "reserved":
		name, org = "owner", "api"
	}
	token, err := s.signer.Issue(org, name+"@"+org, may[name], ttl)
	return "Bearer " + token, err
}

// do is what scripts do beside the API.
func (s *stack) do(verb string, args []string, file func(string) ([]byte, error)) error {
	ctx := context.Background()
	switch verb {
	case "upload": // key file
		data, err := file(args[1])
		if err != nil {
			return err
		}
		_, err = s.objects.Put(ctx, place.Location{Bucket: bucket, Key: args[0]}, bytes.NewReader(data), object.PutOptions{})
		return err
	case "delete": // key
		return s.objects.Delete(ctx, place.Location{Bucket: bucket, Key: args[0]})
	case "work": // everything that is queued
		for _, job := range s.queue.Take() {
			if err := s.scanner.Work(ctx, job, time.Time{}); err != nil {
				return err
			}
		}
		return nil
	case "advance": // duration
		d, err := time.ParseDuration(args[0])
		s.clock.Advance(d)
		return err
	}
	return fmt.Errorf("unknown verb %q", verb)
}

// logged is a log in memory.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
