package table

import (
	"bytes"
	"iter"
	"time"
)

// Range is the query's From and To narrowed by its After: the sort keys that are
// still to be read are from <= SK < to, where to == "" is unbounded. The range is
// empty if to is neither "" nor greater than from.
func (q Query) Range() (from, to string) {
	from, to = q.From, q.To
	switch {
	case q.After == "":
	case q.Backward:
		if to == "" || q.After < to {
			to = q.After
		}
	default:
		// The next sort key in the order of bytes is the one with a NUL more.
		from = max(from, q.After+"\x00")
	}
	return from, to
}

// Cut makes the page of a query out of the items that lie in its range, in the
// query's direction, expired ones included. It takes no more of them than the
// page needs and shares no memory with them.
//
// It cuts as DynamoDB does, and is not kinder: expired items count towards the
// limit and the page's size, though they are left out, and a page that is full
// has a Next, be there more or not.
func Cut(query Query, now time.Time, items iter.Seq[Item]) Page {
	var page Page
	seen, size, last := 0, 0, ""
	for item := range items {
		size += Size(item)
		if seen > 0 && size > MaxPage {
			page.Next = last
			return page
		}
		seen, last = seen+1, item.SK
		if !item.Expired(now) {
			item.Body = bytes.Clone(item.Body)
			page.Items = append(page.Items, item)
		}
		if seen == query.Limit {
			page.Next = last
			return page
		}
	}
	return page
}
