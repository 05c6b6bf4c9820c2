package object_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"plumbline/internal/object"
	"plumbline/internal/place"
)

func TestAnswersBecomeSentinels(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		status int
		code   string
		want   error // nil: none of the sentinels
	}{
		{"a missing key", 404, "NoSuchKey", object.ErrNotFound},
		{"a missing bucket", 404, "NoSuchBucket", object.ErrNotFound},
		{"a version that is gone", 404, "NoSuchVersion", object.ErrChanged},
		{"no right to read", 403, "AccessDenied", object.ErrDenied},
		{"a precondition that does not hold", 412, "PreconditionFailed", object.ErrChanged},
		{"two conditional writes at once", 409, "ConditionalRequestConflict", object.ErrBusy},
		{"throttling", 503, "SlowDown", object.ErrBusy},
		{"too many requests", 429, "TooManyRequests", object.ErrBusy},
		{"an outage", 500, "InternalError", object.ErrBusy},
		{"a request that took too long", 400, "RequestTimeout", object.ErrBusy},
		{"an expired token", 400, "ExpiredToken", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			store := newStore(t, func(http.Handler) http.Handler { return refusing(c.status, c.code) })
			_, _, err := store.Open(t.Context(), place.Location{Bucket: bucket, Key: "k"}, object.Pin{})
			if err == nil {
				t.Fatal("no error")
			}
			for _, sentinel := range []error{object.ErrNotFound, object.ErrDenied, object.ErrChanged, object.ErrBusy} {
				if got := errors.Is(err, sentinel); got != (sentinel == c.want) {
					t.Errorf("errors.Is(%q, %q) = %v", err, sentinel, got)
				}
			}
		})
	}
}

// refusing answers every request with an S3 error.
func refusing(status int, code string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		fmt.Fprintf(w, "<Error><Code>%s</Code><Message>no</Message></Error>", code)
	})
}

func TestTheAnswerToAHeadHasNoCode(t *testing.T) {
	t.Parallel()
	store := newStore(t, func(http.Handler) http.Handler { return refusing(403, "AccessDenied") })
	_, err := store.Head(t.Context(), place.Location{Bucket: bucket, Key: "k"})
	if !errors.Is(err, object.ErrDenied) {
		t.Errorf("head: %v, want ErrDenied", err)
	}
}

func TestAnUnreachableStoreIsBusy(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	_, err := object.New(newClient(server.URL)).Head(t.Context(), place.Location{Bucket: bucket, Key: "k"})
	if !errors.Is(err, object.ErrBusy) {
		t.Errorf("head: %v, want ErrBusy", err)
	}
}

func TestACancelledCallIsNotBusy(t *testing.T) {
	t.Parallel()
	store := newStore(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := store.Head(ctx, place.Location{Bucket: bucket, Key: "k"})
	if !errors.Is(err, context.Canceled) || errors.Is(err, object.ErrBusy) {
		t.Errorf("head: %v, want context.Canceled alone", err)
	}
}
