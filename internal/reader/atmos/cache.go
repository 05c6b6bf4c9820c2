package atmos

import (
	"container/list"
	"sync"

	"plumbline/internal/reader/atmos/value"
)

// file is one object of an estate, read and decoded. Shared between runs.
type file struct {
	path string
	raw  []byte
	doc  value.Document
	// err is why the text is not YAML; of a template that is no error yet.
	err error
	// templated: the text holds a template's left delimiter.
	templated bool

	including sync.Once // of text and content
	text      string
	content   any // for an `!include`; nil, and not readable, for a language not read here
	readable  bool
}

// size is about how many bytes it takes.
func (f *file) size() int { return len(f.raw) + f.doc.Bytes }

// included is what an `!include` of the file gives, raw or by its extension; the same
// however often. ok is false for a language that is not read here.
func (f *file) included(raw bool) (content any, ok bool) {
	f.including.Do(func() {
		f.text = string(f.raw)
		f.content, f.readable = contentOf(f)
	})
	if raw {
		return f.text, true
	}
	return f.content, f.readable
}

// root is the file's mapping; nil where the text is none.
func (f *file) root() value.Map { m, _ := f.doc.Value.(value.Map); return m }

// line is where a key of the upper levels stands, "components/terraform/vpc".
func (f *file) line(place string) int { return f.doc.Lines[place] }

// cache keeps decoded objects by path and version, the latest used within its size.
// Safe for concurrent use.
type cache struct {
	maxBytes int

	mu    sync.Mutex
	bytes int
	used  *list.List // of *entry, latest first
	byKey map[cacheKey]*list.Element
}

type cacheKey struct{ path, version, delimiter string }

type entry struct {
	key  cacheKey
	file *file
}

func newCache(maxBytes int) *cache {
	return &cache{maxBytes: maxBytes, used: list.New(), byKey: map[cacheKey]*list.Element{}}
}

func (c *cache) get(key cacheKey) (*file, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.byKey[key]
	if !ok {
		return nil, false
	}
	c.used.MoveToFront(element)
	return element.Value.(*entry).file, true
}

func (c *cache) put(key cacheKey, f *file) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.byKey[key]; ok {
		return
	}
	c.byKey[key] = c.used.PushFront(&entry{key, f})
	c.bytes += f.size()
	for c.bytes > c.maxBytes && c.used.Len() > 1 {
		last := c.used.Remove(c.used.Back()).(*entry)
		delete(c.byKey, last.key)
		c.bytes -= last.file.size()
	}
}
