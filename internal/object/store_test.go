package object_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"plumbline/internal/object"
	"plumbline/internal/place"
)

const bucket = "estate"

// newStore gives a store over an S3 in memory whose answers go through wrap.
func newStore(t *testing.T, wrap func(http.Handler) http.Handler) *object.Store {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket(bucket); err != nil {
		t.Fatal(err)
	}
	versioning := gofakes3.VersioningConfiguration{Status: gofakes3.VersioningEnabled}
	if err := backend.SetVersioningConfiguration(bucket, versioning); err != nil {
		t.Fatal(err)
	}
	handler := gofakes3.New(backend).Server()
	if wrap != nil {
		handler = wrap(handler)
	}
	return object.New(newClient(serve(t, handler)))
}

func serve(t *testing.T, handler http.Handler) (url string) {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // tests cut connections
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

func newClient(endpoint string) *s3.Client {
	return s3.New(s3.Options{
		BaseEndpoint: &endpoint, Region: "eu-west-1", UsePathStyle: true, RetryMaxAttempts: 1,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret"}, nil
		}),
	})
}

func put(t *testing.T, store *object.Store, key, text string) object.Info {
	t.Helper()
	info, err := store.Put(t.Context(), place.Location{Bucket: bucket, Key: key}, strings.NewReader(text), object.PutOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func TestWhatWasPutIsReadAgain(t *testing.T) {
	t.Parallel()
	store := newStore(t, nil)
	for _, key := range []string{"prod/vpc.tfstate", "env:/dev/a b+c%20d?e#f.tfstate", "käse/ü.tfstate", "empty"} {
		text := strings.Repeat(key, 3)
		if key == "empty" {
			text = ""
		}
		at := place.Location{Bucket: bucket, Key: key}
		written := put(t, store, key, text)
		head, err := store.Head(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		written.Modified = head.Modified
		if diff := cmp.Diff(written, head); diff != "" {
			t.Errorf("head of %s (-put +head):\n%s", key, diff)
		}
		body, opened, err := store.Open(t.Context(), at, head.Pin())
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(body)
		if err := errors.Join(err, body.Close()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(head, opened); diff != "" || string(got) != text {
			t.Errorf("open of %s gives %q, want %q; (-head +open):\n%s", key, got, text, diff)
		}
	}
}

func TestAPinnedVersionOutlivesItsReplacement(t *testing.T) {
	t.Parallel()
	store := newStore(t, nil)
	at := place.Location{Bucket: bucket, Key: "k"}
	first := put(t, store, "k", "one")
	put(t, store, "k", "two")

	body, info, err := store.Open(t.Context(), at, first.Pin())
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if got, _ := io.ReadAll(body); string(got) != "one" || info.VersionID != first.VersionID {
		t.Errorf("pinned open gives %q at %q", got, info.VersionID)
	}

	_, _, err = store.Open(t.Context(), at, object.Pin{ETag: first.ETag})
	if !errors.Is(err, object.ErrChanged) {
		t.Errorf("open pinned to a replaced ETag: %v, want ErrChanged", err)
	}
	_, _, err = store.Open(t.Context(), at, object.Pin{VersionID: "gone"})
	if !errors.Is(err, object.ErrChanged) {
		t.Errorf("open pinned to an unknown version: %v, want ErrChanged", err)
	}
}

func TestPutConditions(t *testing.T) {
	t.Parallel()
	store := newStore(t, nil)
	at := place.Location{Bucket: bucket, Key: "k"}
	first := put(t, store, "k", "one")
	for name, options := range map[string]object.PutOptions{
		"if absent over an object":  {IfAbsent: true},
		"if match with another tag": {IfMatch: "00000000000000000000000000000000"},
	} {
		if _, err := store.Put(t.Context(), at, strings.NewReader("x"), options); !errors.Is(err, object.ErrChanged) {
			t.Errorf("%s: %v, want ErrChanged", name, err)
		}
	}
	options := object.PutOptions{IfMatch: first.ETag, ContentType: "application/json"}
	if _, err := store.Put(t.Context(), at, strings.NewReader("two"), options); err != nil {
		t.Error(err)
	}
}

func TestDeletedIsNotFound(t *testing.T) {
	t.Parallel()
	store := newStore(t, nil)
	at := place.Location{Bucket: bucket, Key: "k"}
	put(t, store, "k", "one")
	if there, err := store.Exists(t.Context(), at); err != nil || !there {
		t.Fatalf("exists: %v, %v", there, err)
	}
	for range 2 {
		if err := store.Delete(t.Context(), at); err != nil {
			t.Fatal(err)
		}
	}
	if there, err := store.Exists(t.Context(), at); err != nil || there {
		t.Errorf("exists after a delete: %v, %v", there, err)
	}
	_, _, err := store.Open(t.Context(), at, object.Pin{})
	if !errors.Is(err, object.ErrNotFound) || err.Error() != "open s3://estate/k: not found (NoSuchKey)" {
		t.Errorf("open after a delete: %v", err)
	}
}
