package tabletest

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"plumbline/internal/table"
)

// item makes a small item of revision 1 in the partition "p".
func item(sk string) table.Item {
	return table.Item{Key: table.Key{PK: "p", SK: sk}, Revision: 1, Body: []byte("body of " + sk)}
}

// sized makes an item of exactly that [table.Size].
func sized(key table.Key, size int) table.Item {
	made := table.Item{Key: key, Revision: 1}
	made.Body = make([]byte, size-table.Size(made))
	for i := range made.Body {
		made.Body[i] = byte(i)
	}
	return made
}

// numbered makes n sort keys in their order.
func numbered(n int) []string {
	sks := make([]string, n)
	for i := range sks {
		sks[i] = fmt.Sprintf("%06d", i)
	}
	return sks
}

func itemsOf(sks []string) []table.Item {
	items := make([]table.Item, len(sks))
	for i, sk := range sks {
		items[i] = item(sk)
	}
	return items
}

func keysOf(items []table.Item) []table.Key {
	keys := make([]table.Key, len(items))
	for i, one := range items {
		keys[i] = one.Key
	}
	return keys
}

func sortKeysOf(items []table.Item) []string {
	sks := make([]string, len(items))
	for i, one := range items {
		sks[i] = one.SK
	}
	return sks
}

// must writes and ends the test if the write does not take place.
func (f *fixture) must(t *testing.T, ops ...table.Op) {
	t.Helper()
	if err := f.Write(t.Context(), ops...); err != nil {
		t.Fatalf("write: %v", err)
	}
}

// store puts items without conditions.
func (f *fixture) store(t *testing.T, items ...table.Item) {
	t.Helper()
	if err := f.BulkPut(t.Context(), items); err != nil {
		t.Fatalf("bulk put: %v", err)
	}
}

// holds checks that exactly the wanted items are in the partition, in order.
func (f *fixture) holds(t *testing.T, pk string, want ...table.Item) {
	t.Helper()
	same(t, f.all(t, table.Query{PK: pk}), want)
}

// all walks the pages of a query to its end.
func (f *fixture) all(t *testing.T, query table.Query) []table.Item {
	t.Helper()
	return slices.Concat(f.pages(t, query)...)
}

// pages walks the pages of a query to its end and checks each against the limits.
func (f *fixture) pages(t *testing.T, query table.Query) [][]table.Item {
	t.Helper()
	var pages [][]table.Item
	for {
		page, err := f.Query(t.Context(), query)
		if err != nil {
			t.Fatalf("query %+v: %v", query, err)
		}
		size := 0
		for _, one := range page.Items {
			size += table.Size(one)
		}
		if size > table.MaxPage {
			t.Fatalf("query %+v: page of %d bytes, at most %d", query, size, table.MaxPage)
		}
		if query.Limit > 0 && len(page.Items) > query.Limit {
			t.Fatalf("query %+v: page of %d items", query, len(page.Items))
		}
		pages = append(pages, page.Items)
		if page.Next == "" {
			return pages
		}
		if page.Next == query.After {
			t.Fatalf("query %+v: Next does not move", query)
		}
		query.After = page.Next
	}
}

// loosely compares slices so that nil and empty are the same, and bodies as a
// whole, which is quick for those of hundreds of kilobytes.
var loosely = cmp.Options{
	cmp.Comparer(bytes.Equal),
	cmp.FilterPath(func(path cmp.Path) bool {
		return path.Last().Type() != reflect.TypeFor[[]byte]()
	}, cmpopts.EquateEmpty()),
}

// same compares items, or other values, loosely.
func same[T any](t *testing.T, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got, loosely); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// refused checks that an error is of the wanted kind.
func refused(t *testing.T, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("error %v, want one that is %q", err, kind)
	}
}

// lost checks that a write was lost at exactly these keys.
func lost(t *testing.T, err error, keys ...table.Key) {
	t.Helper()
	refused(t, err, table.ErrConflict)
	var conflict *table.ConflictError
	if !errors.As(err, &conflict) {
		t.Errorf("error %v, want a *table.ConflictError", err)
		return
	}
	same(t, conflict.Failed, keys)
}
