package catalog

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// Canonicalizer makes canonical forms one after another, keeping its memory from one
// to the next. The zero value replaces nothing. Not for concurrent use.
type Canonicalizer struct {
	// Hook is asked about each value; nil for none.
	Hook Hook
	// MaxDepth is how many objects and arrays may stand in one another; 0 for what
	// JSON decoders accept.
	MaxDepth int
	// Unsorted leaves members in the text's order, for a caller that asks only what
	// its hook replaces.
	Unsorted bool
	// DropNull leaves out members that are null.
	DropNull bool

	raw      []byte
	plainRaw bool // no string of raw has an escape
	path     Path
	members  []member
	top      []member // of the object that ended last, at last of the text's own
	out      []byte
	scratch  []byte
	replaced int // >0 inside a value that is replaced whole
	tooDeep  bool
	repeated bool // a name stands twice in one object
}

// Append appends the canonical form of a text that is valid JSON, null as null. Its
// errors are [ErrTooDeep] and, unless members are left unsorted, [ErrRepeated].
func (c *Canonicalizer) Append(dst, raw []byte) ([]byte, error) {
	if c.MaxDepth == 0 {
		c.MaxDepth = maxDepth
	}
	c.raw, c.path, c.members = raw, c.path[:0], c.members[:0]
	c.plainRaw = bytes.IndexByte(raw, '\\') < 0
	c.replaced, c.tooDeep, c.repeated = 0, false, false
	c.top = nil
	dst, _ = c.value(dst, nil, skipSpace(raw, 0))
	c.raw, c.out = nil, dst
	switch {
	case c.tooDeep:
		return dst, ErrTooDeep
	case c.repeated:
		return dst, ErrRepeated
	}
	return dst, nil
}

// value appends the value at offset i and gives the offset past it.
func (c *Canonicalizer) value(dst, name []byte, i int) ([]byte, int) {
	if i >= len(c.raw) {
		return dst, i
	}
	if c.Hook == nil || c.replaced > 0 || c.raw[i] == 'n' {
		dst, i, _ = c.plain(dst, i)
		return dst, i
	}
	start, whole := len(dst), c.Hook.Replaces(c.path, name, i)
	if whole {
		c.replaced++
	}
	dst, i, found := c.plain(dst, i)
	if whole {
		c.replaced--
	}
	if whole || found {
		c.scratch = append(c.scratch[:0], dst[start:]...)
		dst = c.Hook.Replacement(dst[:start], c.path, c.scratch)
	}
	return dst, i
}

// plain appends the value at offset i; found says that its own text (of a string, of
// a member's name) is to be replaced.
func (c *Canonicalizer) plain(dst []byte, i int) (_ []byte, end int, found bool) {
	switch c.raw[i] {
	case '{', '[':
		if len(c.path) >= c.MaxDepth {
			c.tooDeep = true
			return append(dst, "null"...), skipValue(c.raw, i), false
		}
		if c.raw[i] == '{' {
			return c.object(dst, i)
		}
		dst, end = c.array(dst, i)
		return dst, end, false
	case '"':
		end, escaped := c.stringEnd(i)
		if c.Hook != nil && c.replaced == 0 {
			found = c.Hook.ReplacesText(c.raw[i:end], false)
		}
		return appendString(dst, c.raw[i:end], escaped), end, found
	case 't', 'f', 'n':
		end = scalarEnd(c.raw, i)
		return append(dst, c.raw[i:end]...), end, false
	}
	end = scalarEnd(c.raw, i)
	return AppendNumber(dst, c.raw[i:end]), end, false
}

func (c *Canonicalizer) stringEnd(i int) (end int, escaped bool) {
	if c.plainRaw {
		if k := bytes.IndexByte(c.raw[i+1:], '"'); k >= 0 {
			return i + k + 2, false
		}
	}
	return stringEnd(c.raw, i)
}

func (c *Canonicalizer) array(dst []byte, i int) ([]byte, int) {
	dst = append(dst, '[')
	c.path = append(c.path, Step{Start: i})
	i = skipSpace(c.raw, i+1)
	for index := 0; i < len(c.raw) && c.raw[i] != ']'; index++ {
		if index > 0 {
			dst = append(dst, ',')
		}
		c.path[len(c.path)-1].Index = index
		dst, i = c.value(dst, nil, i)
		i = nextItem(c.raw, i)
	}
	c.path = c.path[:len(c.path)-1]
	return append(dst, ']'), i + 1
}

func (c *Canonicalizer) object(dst []byte, i int) (_ []byte, end int, found bool) {
	dst = append(dst, '{')
	c.path = append(c.path, Step{Start: i})
	first, sorted, written := len(c.members), true, false
	for i = skipSpace(c.raw, i+1); i < len(c.raw) && c.raw[i] == '"'; i = nextItem(c.raw, i) {
		nameEnd, escaped := c.stringEnd(i)
		name := c.raw[i:nameEnd]
		i = skipSpace(c.raw, skipSpace(c.raw, nameEnd)+1)
		if i < len(c.raw) && c.raw[i] == 'n' && c.DropNull {
			i = scalarEnd(c.raw, i)
			continue
		}
		if c.Hook != nil && c.replaced == 0 && c.Hook.ReplacesText(name, true) {
			found = true
		}
		if written {
			dst = append(dst, ',')
		}
		m := member{start: len(dst), escaped: escaped}
		dst = appendString(dst, name, escaped)
		m.colon = len(dst)
		dst = append(dst, ':')
		c.path[len(c.path)-1].Name = name
		dst, i = c.value(dst, name, i)
		if written = true; c.Unsorted {
			continue
		}
		m.end, m.head = len(dst), head(dst[m.start+1:m.colon-1])
		c.members = append(c.members, m)
		if n := len(c.members) - 1; sorted && n > first {
			sorted = isBefore(dst, &c.members[n-1], &c.members[n])
		}
	}
	if !sorted {
		c.sort(dst, c.members[first:])
	}
	c.top, c.members = c.members[first:], c.members[:first]
	c.path = c.path[:len(c.path)-1]
	return append(dst, '}'), i + 1, found
}

// appendString appends a string with the fewest escapes; one that has none is
// canonical as it stands.
func appendString(dst, quoted []byte, escaped bool) []byte {
	if !escaped {
		return append(dst, quoted...)
	}
	text, _ := jsontext.AppendUnquote(nil, quoted)
	dst, _ = jsontext.AppendQuote(dst, text)
	return dst
}
