package catalog

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
)

// member is one member in the output: its text from start to end, its name's text
// (with quotes) up to colon.
type member struct {
	start, colon, end int
	// head is the name's first bytes as a number, so that most names compare as one.
	head    uint64
	escaped bool // the name was written with an escape
}

// sort puts an object's members, which end dst, in order.
func (c *Canonicalizer) sort(dst []byte, members []member) {
	base := members[0].start
	c.scratch = append(c.scratch[:0], dst[base:]...)
	sortMembers(dst, members)
	for n := range len(members) - 1 {
		c.repeated = c.repeated || members[n].head == members[n+1].head && compareNames(dst, members[n], members[n+1]) == 0
	}
	out := dst[:base]
	for n := range members {
		m := &members[n]
		if n > 0 {
			out = append(out, ',')
		}
		by := len(out) - m.start
		out = append(out, c.scratch[m.start-base:m.end-base]...)
		m.start, m.colon, m.end = m.start+by, m.colon+by, m.end+by
	}
}

// sortMembers inserts each member before those above it, since most texts are in order
// but for a few members, and leaves those that are not to a sort that bears it.
func sortMembers(dst []byte, members []member) {
	moves, last := 8*len(members), 0
	for n := 1; n < len(members); n++ {
		at := last + 1 // mostly where the one before it went
		if at == n || !isBefore(dst, &members[last], &members[n]) || !isBefore(dst, &members[n], &members[at]) {
			for at = n; at > 0 && isBefore(dst, &members[n], &members[at-1]); at-- {
			}
		}
		if last = at; at < n {
			m := members[n]
			copy(members[at+1:n+1], members[at:n])
			members[at] = m
		}
		if moves -= n - at; moves < 0 {
			slices.SortFunc(members, func(a, b member) int { return compareNames(dst, a, b) })
			return
		}
	}
}

// Member gives a member of the object that the last [Canonicalizer.Append] appended,
// nil where it has none of that name. It stands in the bytes that Append returned. The
// name is one that JSON quotes without an escape.
func (c *Canonicalizer) Member(name string) Value {
	n, found := slices.BinarySearchFunc(c.top, name, func(m member, name string) int {
		quoted := c.out[m.start:m.colon]
		switch text := quoted[1 : len(quoted)-1]; {
		case m.escaped:
			return strings.Compare(unquoted(quoted, true), name)
		case string(text) < name: // neither conversion allocates
			return -1
		case string(text) > name:
			return 1
		}
		return 0
	})
	if !found {
		return nil
	}
	return Value(c.out[c.top[n].colon+1 : c.top[n].end])
}

// isBefore is compareNames of a and b < 0, by their heads where those differ.
func isBefore(dst []byte, a, b *member) bool {
	if a.head != b.head && !a.escaped && !b.escaped {
		return a.head < b.head
	}
	return compareNames(dst, *a, *b) < 0
}

// compareNames orders by the names' own bytes, not by those of their quoted form.
func compareNames(dst []byte, a, b member) int {
	switch {
	case a.escaped || b.escaped:
		return strings.Compare(unquoted(dst[a.start:a.colon], true), unquoted(dst[b.start:b.colon], true))
	case a.head != b.head:
		return cmp.Compare(a.head, b.head)
	}
	return bytes.Compare(dst[a.start+1:a.colon-1], dst[b.start+1:b.colon-1])
}

// head gives the first eight bytes of a name, padded with zeros, in their order.
func head(name []byte) (first uint64) {
	if len(name) >= 8 {
		return binary.BigEndian.Uint64(name)
	}
	for i, c := range name {
		first |= uint64(c) << (56 - 8*i)
	}
	return first
}
