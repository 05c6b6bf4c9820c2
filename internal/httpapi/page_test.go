package httpapi

import (
	"strconv"
	"strings"
	"testing"

	"plumbline/internal/report"
)

// numbers is a list of n entries, of which each page holds what is asked for.
func numbers(n int) func(report.Span) (report.Page[int], error) {
	return func(span report.Span) (report.Page[int], error) {
		from, _ := strconv.Atoi(span.Cursor)
		var page report.Page[int]
		for i := from; i < n && len(page.Items) < span.Limit; i++ {
			page.Items = append(page.Items, i)
		}
		if end := from + len(page.Items); end < n {
			page.Next = strconv.Itoa(end)
		}
		return page, nil
	}
}

func TestPagesEndWhereTheirBytesEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		total, limit, chunk, size int
		perPage                   []int
	}{
		"small entries fill the limit":            {total: 25, limit: 10, chunk: 4, size: 10, perPage: []int{10, 10, 5}},
		"big entries end a page early":            {total: 10, limit: 10, chunk: 4, size: maxPage/3 - 10, perPage: []int{3, 3, 3, 1}},
		"early in the middle of a chunk":          {total: 7, limit: 100, chunk: 100, size: maxPage/5 - 10, perPage: []int{5, 2}},
		"an entry over the limit stands alone":    {total: 3, limit: 10, chunk: 2, size: maxPage + 1, perPage: []int{1, 1, 1}},
		"a chunk ends exactly where the bytes do": {total: 6, limit: 10, chunk: 2, size: maxPage/4 - 10, perPage: []int{4, 2}},
		"nothing": {total: 0, limit: 10, chunk: 5, size: 1, perPage: []int{0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cursor, next := "", 0
			for _, want := range c.perPage {
				entries, after, err := gather(report.Span{Cursor: cursor, Limit: c.limit}, c.chunk, numbers(c.total), func(n int) string {
					return strconv.Itoa(n) + strings.Repeat("x", c.size-3)
				})
				if err != nil || len(entries) != want {
					t.Fatalf("at %q: %d entries, want %d (%v)", cursor, len(entries), want, err)
				}
				for _, entry := range entries {
					if !strings.HasPrefix(entry, strconv.Itoa(next)) {
						t.Fatalf("entry %.3s, want %d", entry, next)
					}
					next++
				}
				cursor = after
			}
			if cursor != "" || next != c.total {
				t.Errorf("ends at %d of %d, cursor %q", next, c.total, cursor)
			}
		})
	}
}
