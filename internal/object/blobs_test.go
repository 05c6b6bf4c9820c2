package object_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/object"
	"plumbline/internal/place"
)

func TestBlobs(t *testing.T) {
	t.Parallel()
	store := newStore(t, nil)
	blobs := object.Blobs{Store: store, Bucket: bucket, Prefix: "_plumbline/"}
	ctx := t.Context()
	if _, err := blobs.GetBlob(ctx, "body/1"); !errors.Is(err, object.ErrNotFound) {
		t.Errorf("get what was never put: %v, want ErrNotFound", err)
	}
	for _, body := range []string{"", strings.Repeat("ab\x00", 500_000), "again"} {
		if err := blobs.PutBlob(ctx, "body/1", []byte(body)); err != nil {
			t.Fatal(err)
		}
		got, err := blobs.GetBlob(ctx, "body/1")
		if err != nil || string(got) != body {
			t.Errorf("a blob of %d bytes comes back as %d bytes, %v", len(body), len(got), err)
		}
	}
	if there, err := store.Exists(ctx, place.Location{Bucket: bucket, Key: "_plumbline/body/1"}); !there || err != nil {
		t.Errorf("the blob is below its prefix: %v, %v", there, err)
	}
	for range 2 {
		if err := blobs.DeleteBlob(ctx, "body/1"); err != nil {
			t.Errorf("delete, also twice: %v", err)
		}
	}
	if _, err := blobs.GetBlob(ctx, "body/1"); !errors.Is(err, object.ErrNotFound) {
		t.Errorf("get what was deleted: %v, want ErrNotFound", err)
	}
}

func TestBlobsAreListedByPrefix(t *testing.T) {
	t.Parallel()
	store := newStore(t, nil)
	blobs := object.Blobs{Store: store, Bucket: bucket, Prefix: "_plumbline/"}
	put(t, store, "snapshots/1/elsewhere", "no blob")
	for _, key := range []string{"snapshots/1/b", "snapshots/1/a", "snapshots/10/a", "scans/1"} {
		if err := blobs.PutBlob(t.Context(), key, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	var listed []string
	err := blobs.ListBlobs(t.Context(), "snapshots/1/", func(key string) error {
		listed = append(listed, key)
		return blobs.DeleteBlob(t.Context(), key)
	})
	if diff := cmp.Diff([]string{"snapshots/1/a", "snapshots/1/b"}, listed); diff != "" || err != nil {
		t.Errorf("listed (-want +got): %v\n%s", err, diff)
	}
	enough := errors.New("enough")
	if err := blobs.ListBlobs(t.Context(), "", func(string) error { return enough }); err != enough {
		t.Errorf("an error of yield comes back as %v", err)
	}
}
