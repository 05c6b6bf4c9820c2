package store_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

func TestASweepLeavesTheSnapshotsToKeep(t *testing.T) {
	t.Parallel()
	blobs := &storetest.Blobs{}
	records := store.New(store.Config{Blobs: blobs, Now: time.Now})
	ctx := t.Context()
	save := func(source uuid.UUID, document, body string) string {
		t.Helper()
		key, err := records.SaveSnapshot(ctx, source, document, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	ours, others := uuid.New(), uuid.New()
	save(ours, "d1", "old")
	kept := save(ours, "d1", "new")
	if again := save(ours, "d1", "new"); again != kept {
		t.Errorf("the same bytes have the keys %s and %s", kept, again)
	}
	save(ours, "d2", "of a document that is no more")
	foreign := save(others, "d1", "old")
	_ = blobs.PutBlob(ctx, "scans/1", nil)

	left := func() []string { return slices.Sorted(maps.Keys(blobs.Held())) }
	for range 2 {
		if err := records.SweepSnapshots(ctx, ours, []string{"", kept}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(slices.Sorted(slices.Values([]string{"scans/1", foreign, kept})), left()); diff != "" {
			t.Errorf("left (-want +got):\n%s", diff)
		}
	}
	if body, err := records.Snapshot(ctx, kept); err != nil || string(body) != "new" {
		t.Errorf("the snapshot to keep: %q, %v", body, err)
	}
	if err := records.SweepSnapshots(ctx, ours, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := records.Snapshot(ctx, kept); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a snapshot that was swept: %v, want ErrNotFound", err)
	}
}

func TestASweepThatFailsSaysSo(t *testing.T) {
	t.Parallel()
	blobs := &stuck{}
	records := store.New(store.Config{Blobs: blobs, Now: time.Now})
	source := uuid.New()
	if _, err := records.SaveSnapshot(t.Context(), source, "d", nil); err != nil {
		t.Fatal(err)
	}
	if err := records.SweepSnapshots(t.Context(), source, nil); !errors.Is(err, errStuck) {
		t.Errorf("error %v, want %v", err, errStuck)
	}
}

var errStuck = errors.New("stuck")

// stuck deletes nothing.
type stuck struct{ storetest.Blobs }

func (*stuck) DeleteBlob(context.Context, string) error { return errStuck }
