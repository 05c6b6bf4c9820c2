package table_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/table"
)

func TestPrefixEnd(t *testing.T) {
	t.Parallel()
	for prefix, want := range map[string]string{
		"": "", "a": "b", "a/": "a0", "a\x00": "a\x01", "a\xff": "b", "a\xff\xff": "b",
		"\xfe": "\xff", "\xff": "", "\xff\xff": "", "\x7f": "\x80", "é": "ê",
	} {
		if got := table.PrefixEnd(prefix); got != want {
			t.Errorf("PrefixEnd(%q) = %q, want %q", prefix, got, want)
		}
	}
}

func TestErrorsNameTheKey(t *testing.T) {
	t.Parallel()
	key := table.Key{PK: "prod", SK: "vpc"}
	put := table.Put(table.Item{Key: key}, table.Any)
	if err := table.Validate([]table.Op{put}); err == nil || !strings.Contains(err.Error(), "prod | vpc") {
		t.Errorf("error %v", err)
	}
	conflict := &table.ConflictError{Failed: []table.Key{key}}
	if got, want := conflict.Error(), "conflict at prod | vpc"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := (&table.ConflictError{}).Error(), "conflict with another write"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestJudgePassesOnWhatItCannotRead(t *testing.T) {
	t.Parallel()
	damaged := errors.New("damaged")
	ops := []table.Op{table.Delete(table.Key{PK: "p", SK: "s"}, table.Any)}
	err := table.Judge(ops, time.Now(), func(table.Key) (table.Item, bool, error) {
		return table.Item{}, false, damaged
	})
	if !errors.Is(err, damaged) || errors.Is(err, table.ErrConflict) {
		t.Errorf("error %v, want %v", err, damaged)
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	sized := func(sk string, size int) table.Item {
		made := table.Item{Key: table.Key{PK: "p", SK: sk}, Revision: 1}
		made.Body = make([]byte, size-table.Size(made))
		return made
	}
	expired := func(item table.Item) table.Item {
		item.Expires = now
		return item
	}
	const half = table.MaxPage / 2
	small := func(sk string) table.Item { return sized(sk, 100) }
	for _, test := range []struct {
		sentence string
		limit    int
		items    []table.Item
		want     []string
		next     string
		taken    int // items asked for
	}{
		{"nothing", 0, nil, nil, "", 0},
		{"all fit", 0, []table.Item{small("a"), small("b")}, []string{"a", "b"}, "", 2},
		{"a full page has a Next though nothing follows", 2, []table.Item{small("a"), small("b")}, []string{"a", "b"}, "b", 2},
		{"a full page takes no more", 1, []table.Item{small("a"), small("b")}, []string{"a"}, "a", 1},
		{"exactly 1 MB", 0, []table.Item{sized("a", half), sized("b", half)}, []string{"a", "b"}, "", 2},
		{"a byte over", 0, []table.Item{sized("a", half), sized("b", half+1)}, []string{"a"}, "a", 2},
		{"exactly 1 MB and more behind", 0, []table.Item{sized("a", half), sized("b", half), small("c")}, []string{"a", "b"}, "b", 3},
		{"expired items count towards the limit", 2, []table.Item{expired(small("a")), expired(small("b")), small("c")}, nil, "b", 2},
		{"expired items count towards 1 MB", 0, []table.Item{expired(sized("a", half)), expired(sized("b", half)), small("c")}, nil, "b", 3},
		{"expired items at the end", 0, []table.Item{small("a"), expired(small("b"))}, []string{"a"}, "", 2},
	} {
		t.Run(test.sentence, func(t *testing.T) {
			t.Parallel()
			taken := 0
			page := table.Cut(table.Query{PK: "p", Limit: test.limit}, now, func(yield func(table.Item) bool) {
				for item := range slices.Values(test.items) {
					taken++
					if !yield(item) {
						return
					}
				}
			})
			var got []string
			for _, item := range page.Items {
				got = append(got, item.SK)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if page.Next != test.next || taken != test.taken {
				t.Errorf("next %q after %d items, want %q after %d", page.Next, taken, test.next, test.taken)
			}
		})
	}
}
