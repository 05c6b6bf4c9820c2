package object_test

import (
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/place"
)

func TestAPresignedURLNeedsNoHeader(t *testing.T) {
	t.Parallel()
	store := newStore(t, nil)
	const key = "answers/a b+c%20d.json"
	put(t, store, key, "text")
	signed, err := store.PresignGet(t.Context(), place.Location{Bucket: bucket, Key: key}, 15*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := url.Parse(signed)
	if err != nil {
		t.Fatal(err)
	}
	query := parsed.Query()
	got := map[string]string{"headers": query.Get("X-Amz-SignedHeaders"), "seconds": query.Get("X-Amz-Expires"), "path": parsed.Path}
	want := map[string]string{"headers": "host", "seconds": "900", "path": "/" + bucket + "/" + key}
	if diff := cmp.Diff(want, got); diff != "" || query.Get("X-Amz-Signature") == "" {
		t.Errorf("%s (-want +got):\n%s", signed, diff)
	}
	answer, err := http.Get(signed)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, err := io.ReadAll(answer.Body); err != nil || string(text) != "text" {
		t.Errorf("the url gives %q, %v", text, err)
	}
}
