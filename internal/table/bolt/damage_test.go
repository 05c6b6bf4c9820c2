package bolt_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"plumbline/internal/table"
	"plumbline/internal/table/bolt"
	"plumbline/internal/table/bolt/boltfile"
)

const sound = 1200 // items of a sound file

// soundFile makes a table with branches, leaves, long values, expiries and free pages,
// and returns its bytes.
func soundFile(t testing.TB) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "table.db")
	written, err := bolt.Open(path, bolt.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var items []table.Item
	for n := range sound {
		item := table.Item{Key: table.Key{PK: fmt.Sprintf("p%d", n%3), SK: fmt.Sprintf("%05d", n)}, Revision: 1, Body: make([]byte, 60+n%7*30)}
		if n%100 == 0 {
			item.Body = make([]byte, 20_000) // several pages
		}
		if n%5 == 0 {
			item.Expires = time.Unix(4_000_000_000, 0).UTC()
		}
		items = append(items, item)
	}
	if err := written.BulkPut(t.Context(), items); err != nil {
		t.Fatal(err)
	}
	for n := range 3 { // leaves free pages behind
		item := items[n*400]
		item.Revision = 2
		if err := written.Write(t.Context(), table.Put(item, table.At(1))); err != nil {
			t.Fatal(err)
		}
	}
	if err := written.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// reopened opens a file of the content, reads it whole and writes to it; it returns how
// many items there were.
func reopened(t testing.TB, path string, content []byte) (items int, warning string, err error) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	opened, err := bolt.Open(path, bolt.Config{Expected: true, Warn: func(text string) { warning = text }})
	if err != nil {
		return 0, warning, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	for _, pk := range []string{"p0", "p1", "p2"} {
		for query := (table.Query{PK: pk}); ; {
			page, err := opened.Query(t.Context(), query)
			if err != nil {
				return items, warning, err
			}
			items += len(page.Items)
			if query.After = page.Next; page.Next == "" {
				break
			}
		}
	}
	item := table.Item{Key: table.Key{PK: "p1", SK: "new"}, Revision: 1, Body: make([]byte, 9000)}
	return items, warning, opened.Write(t.Context(), table.Put(item, table.Any))
}

func TestAFileThatWasCutIsRefused(t *testing.T) {
	t.Parallel()
	content := soundFile(t)
	path := filepath.Join(t.TempDir(), "table.db")
	if items, _, err := reopened(t, path, content); items != sound || err != nil {
		t.Fatalf("the sound file: %d items, %v", items, err)
	}
	lengths := []int{0, 1, 15, 16, 79, 80, 4095, 4096, 4097, 8191, 8192, 8193, 12288, 16384, 20000}
	for n := range 20 {
		lengths = append(lengths, len(content)*(n+1)/40)
	}
	for _, length := range lengths {
		items, _, err := reopened(t, path, content[:length])
		want := boltfile.ErrDamaged
		if length == 0 {
			want = boltfile.ErrMissing
		}
		if !errors.Is(err, want) && (err != nil || items != sound) { // what was cut may not be in use
			t.Errorf("cut to %d of %d bytes: %d items, %v", length, len(content), items, err)
		}
		if length < 16384 && err == nil {
			t.Errorf("cut to %d of %d bytes: it opens", length, len(content))
		}
	}
}

func TestAFileWithOtherBitsIsRefusedOrWhole(t *testing.T) {
	t.Parallel()
	content := soundFile(t)
	path := filepath.Join(t.TempDir(), "table.db")
	random := rand.New(rand.NewPCG(1, 2))
	refused := 0
	for n := range 400 {
		changed := append([]byte(nil), content...)
		at := random.IntN(len(content))
		if n%4 != 0 { // where pages begin: their headers and elements
			at = at/4096*4096 + random.IntN(600)
		}
		at = min(at, len(content)-1)
		changed[at] ^= 1 << random.IntN(8)
		if n%10 == 0 { // a block that the disk lost
			clear(changed[at/4096*4096 : min(len(content), at/4096*4096+4096)])
		}
		items, warning, err := reopened(t, path, changed)
		switch {
		case errors.Is(err, boltfile.ErrDamaged):
			refused++
		case err != nil:
			t.Errorf("changed at %d: %v", at, err)
		case items != sound && warning == "":
			t.Errorf("changed at %d: %d items without a word", at, items)
		}
	}
	if refused < 150 {
		t.Errorf("%d of 400 were refused", refused)
	}
	t.Logf("%d of 400 were refused", refused)
}

func TestAMetaPageMayBeLostButNotBoth(t *testing.T) {
	t.Parallel()
	content := soundFile(t)
	path := filepath.Join(t.TempDir(), "table.db")
	for _, c := range []struct {
		name    string
		offsets []int
		opens   bool
	}{
		{"the first", []int{20}, true}, {"the second", []int{4096 + 60}, true}, {"both", []int{20, 4096 + 60}, false},
	} {
		changed := append([]byte(nil), content...)
		for _, at := range c.offsets {
			changed[at] ^= 0x10
		}
		items, warning, err := reopened(t, path, changed)
		if c.opens && (err != nil || items < sound || warning == "") || !c.opens && !errors.Is(err, boltfile.ErrDamaged) {
			t.Errorf("%s: %d items, warning %q, %v", c.name, items, warning, err)
		}
	}
}

func TestWhatIsExpectedIsNeverMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	other := filepath.Join(dir, "other.db")
	writeFormat(t, other, "1") // of bbolt, but no table
	content, err := os.ReadFile(other)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := reopened(t, other, content); !errors.Is(err, boltfile.ErrDamaged) {
		t.Errorf("a file of another kind: %v", err)
	}
	missing := filepath.Join(dir, "missing.db")
	if _, err := bolt.Open(missing, bolt.Config{Expected: true}); !errors.Is(err, boltfile.ErrMissing) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := os.Stat(missing); err == nil {
		t.Error("the missing file was made")
	}
}

// A file that is cut under the process is a fault of the memory map.
func TestAFileThatIsCutWhileItIsOpenIsAnError(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "table.db")
	if err := os.WriteFile(path, soundFile(t), 0o600); err != nil {
		t.Fatal(err)
	}
	opened, err := bolt.Open(path, bolt.Config{Expected: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 8192); err != nil {
		t.Fatal(err)
	}
	item := table.Item{Key: table.Key{PK: "p1", SK: "new"}, Revision: 1}
	for name, call := range map[string]func() error{
		"query": func() error { _, err := opened.Query(t.Context(), table.Query{PK: "p1"}); return err },
		"write": func() error { return opened.Write(t.Context(), table.Put(item, table.Any)) },
		"again": func() error { return opened.Write(t.Context(), table.Put(item, table.Any)) },
	} {
		if err := call(); !errors.Is(err, boltfile.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "table.db")
	written, err := bolt.Open(path, bolt.Config{})
	if err != nil {
		b.Fatal(err)
	}
	for part := range int64(100) {
		items := make([]table.Item, 1000)
		for n := range items {
			items[n] = benchItem(part*1000 + int64(n))
		}
		if err := written.BulkPut(b.Context(), items); err != nil {
			b.Fatal(err)
		}
	}
	if err := written.Close(); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	for b.Loop() {
		opened, err := bolt.Open(path, bolt.Config{Expected: true})
		if err != nil {
			b.Fatal(err)
		}
		if err := opened.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// The first format has values without checksums.
func TestAFileOfTheFirstFormatOpens(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "table.db")
	writeFormat(t, path, "1")
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		items, err := tx.CreateBucket([]byte("items"))
		if err != nil {
			return err
		}
		if _, err := tx.CreateBucket([]byte("expiries")); err != nil {
			return err
		}
		never := []byte{0xff, 0xff, 0xff, 0xf1, 0x88, 0x6e, 0x09, 0x00} // year 1
		return items.Put([]byte("p\x00\x01s"), slices.Concat([]byte{0, 0, 0, 0, 0, 0, 0, 7}, never, []byte("body")))
	})
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	want := table.Item{Key: table.Key{PK: "p", SK: "s"}, Revision: 7, Body: []byte("body")}
	for range 2 { // the second time as a file of today
		opened, err := bolt.Open(path, bolt.Config{Expected: true})
		if err != nil {
			t.Fatal(err)
		}
		got, err := opened.Get(t.Context(), want.Key)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		want.Revision++
		if err := opened.Write(t.Context(), table.Put(want, table.At(want.Revision-1))); err != nil {
			t.Fatal(err)
		}
		if err := opened.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestASweepDeletesNothingButWhatHasExpired(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "table.db")
	opened, err := bolt.Open(path, bolt.Config{})
	if err != nil {
		t.Fatal(err)
	}
	item := table.Item{Key: table.Key{PK: "p", SK: "s"}, Revision: 1, Expires: time.Unix(4_000_000_000, 0).UTC()}
	if err := errors.Join(opened.Write(t.Context(), table.Put(item, table.Absent)), opened.Close()); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error { // an expiry of long ago that is not the item's
		return tx.Bucket([]byte("expiries")).Put([]byte("\x80\x00\x00\x00\x00\x00\x00\x01p\x00\x01s"), nil)
	})
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	swept := open(t, path, nil)
	if _, err := swept.Sweep(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := swept.Get(t.Context(), item.Key); err != nil {
		t.Errorf("the item: %v", err)
	}
	if n, err := swept.Sweep(t.Context(), 0); n != 0 || err != nil {
		t.Errorf("swept again: %d, %v", n, err)
	}
}
