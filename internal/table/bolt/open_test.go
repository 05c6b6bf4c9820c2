package bolt_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"plumbline/internal/table"
	"plumbline/internal/table/bolt"
)

func TestItemsOutliveARestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "table.db")
	want := []table.Item{
		{Key: table.Key{PK: "p\x00", SK: "\x00"}, Revision: 3, Body: []byte("one")},
		{Key: table.Key{PK: "p", SK: "b"}, Revision: 1<<63 - 1, Body: []byte("two"), Expires: time.Unix(4_000_000_000, 0).UTC()},
	}
	first, err := bolt.Open(path, bolt.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Write(t.Context(), table.Put(want[0], table.Absent), table.Put(want[1], table.Absent)); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := open(t, path, nil)
	got, err := second.BatchGet(t.Context(), []table.Key{want[0].Key, want[1].Key})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A lock of the file belongs to its open description, so opening it twice in one
// process is the same as in two.
func TestOpenSaysThatAnotherHoldsTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "table.db")
	open(t, path, nil)
	start := time.Now()
	_, err := bolt.Open(path, bolt.Config{})
	if !errors.Is(err, table.ErrBusy) || !strings.Contains(err.Error(), path+": another process holds the file") {
		t.Errorf("error %v", err)
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("it took %v, want at most 1s", took)
	}
}

func TestOpenRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	garbage := filepath.Join(folder, "garbage.db")
	if err := os.WriteFile(garbage, make([]byte, 64<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	later := filepath.Join(folder, "later.db")
	writeFormat(t, later, "2")
	for _, path := range []string{garbage, later, filepath.Join(folder, "no such folder", "table.db")} {
		opened, err := bolt.Open(path, bolt.Config{})
		if err == nil {
			t.Errorf("open %s: no error", path)
			opened.Close()
			continue
		}
		if !strings.Contains(err.Error(), path) {
			t.Errorf("error %q does not name %s", err, path)
		}
	}
}

// writeFormat makes a file whose layout has that version.
func writeFormat(t *testing.T, path, format string) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(func(tx *bbolt.Tx) error {
		meta, err := tx.CreateBucket([]byte("meta"))
		if err != nil {
			return err
		}
		return meta.Put([]byte("format"), []byte(format))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCloseEndsAllCalls(t *testing.T) {
	t.Parallel()
	closed := open(t, filepath.Join(t.TempDir(), "table.db"), nil)
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	item := table.Item{Key: table.Key{PK: "p", SK: "s"}, Revision: 1}
	_, getErr := closed.Get(t.Context(), item.Key)
	_, batchErr := closed.BatchGet(t.Context(), []table.Key{item.Key})
	_, queryErr := closed.Query(t.Context(), table.Query{PK: "p"})
	_, sweepErr := closed.Sweep(t.Context(), 0)
	for name, err := range map[string]error{
		"get": getErr, "batch get": batchErr, "query": queryErr, "sweep": sweepErr,
		"write":    closed.Write(t.Context(), table.Put(item, table.Any)),
		"bulk put": closed.BulkPut(t.Context(), []table.Item{item}),
	} {
		if !errors.Is(err, bolt.ErrClosed) {
			t.Errorf("%s: error %v, want %v", name, err, bolt.ErrClosed)
		}
	}
}
