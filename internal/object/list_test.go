package object_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"plumbline/internal/object"
)

func TestListGoesThroughAllPagesInOrder(t *testing.T) {
	t.Parallel()
	store := newStore(t, nil)
	var want []string
	for i := range 1100 {
		key := fmt.Sprintf("states/%04d", i)
		put(t, store, key, "")
		want = append(want, key)
	}
	put(t, store, "states2/x", "")

	var got []string
	err := store.List(t.Context(), bucket, "states/", func(info object.Info) error {
		got = append(got, info.Key)
		return nil
	})
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("listed %d keys, want %d; %v", len(got), len(want), err)
	}
}

func TestListEndsWithTheErrorOfItsYield(t *testing.T) {
	t.Parallel()
	store := newStore(t, nil)
	put(t, store, "a", "")
	put(t, store, "b", "")
	enough := errors.New("enough")
	calls := 0
	err := store.List(t.Context(), bucket, "", func(object.Info) error { calls++; return enough })
	if err != enough || calls != 1 {
		t.Errorf("list: %v after %d calls", err, calls)
	}
}

func TestListOfAMissingBucket(t *testing.T) {
	t.Parallel()
	err := newStore(t, nil).List(t.Context(), "nowhere", "p/", func(object.Info) error { return nil })
	if !errors.Is(err, object.ErrNotFound) || err.Error() != "list s3://nowhere/p/: not found (NoSuchBucket)" {
		t.Errorf("list: %v", err)
	}
}
