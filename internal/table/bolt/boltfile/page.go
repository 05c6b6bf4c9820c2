package boltfile

import (
	"errors"
	"io"
)

// A page begins with its number (8 bytes), flags and the count of its elements (2
// bytes each), and the number of pages that follow it and belong to it (4 bytes); then
// come its elements, which say where behind themselves their keys and values lie, one
// behind the other without a gap:
//
//	branch  offset, size of the key (4 bytes each), page (8 bytes)
//	leaf    flags, offset, size of the key, size of the value (4 bytes each)
//
// Source: bbolt v1.5.0, internal/common/page.go.
const (
	headerSize  = 16
	elementSize = 16

	branchFlag   = 0x01
	leafFlag     = 0x02
	freelistFlag = 0x10
	bucketFlag   = 0x01 // of an element: its value is a bucket
)

// page is the bytes of a page with those that belong to it.
type page struct {
	number uint64
	flags  uint16
	count  int
	bytes  []byte
}

// element is one of a page; a branch's has no value, a leaf's no page.
type element struct {
	flags      uint32
	child      uint64
	key, value []byte
}

// read reads a page that was not reached before.
func (c *checker) read(number uint64) (page, error) {
	header := make([]byte, headerSize)
	if number < 2 || number >= c.meta.end {
		return page{}, damaged("page %d is none of its %d", number, c.meta.end)
	}
	at := int64(number) * int64(c.meta.pageSize)
	if err := c.readAt(header, at); err != nil {
		return page{}, err
	}
	p := page{number: number, flags: order.Uint16(header[8:]), count: int(order.Uint16(header[10:]))}
	more := uint64(order.Uint32(header[12:]))
	switch {
	case order.Uint64(header) != number:
		return page{}, damaged("page %d says that it is page %d", number, order.Uint64(header))
	case more >= c.meta.end-number:
		return page{}, damaged("page %d is longer than the file", number)
	}
	for n := number; n <= number+more; n++ {
		if c.reached[n] {
			return page{}, damaged("page %d is used twice", n)
		}
		c.reached[n] = true
	}
	p.bytes = make([]byte, int(more+1)*c.meta.pageSize)
	return p, c.readAt(p.bytes, at)
}

func (c *checker) readAt(into []byte, at int64) error {
	_, err := c.file.ReadAt(into, at)
	if errors.Is(err, io.EOF) {
		return damaged("it ends within a page")
	}
	return err
}

// element gives the element with that number, whose key must lie at the offset next in
// the page, and where the next one's lies.
func (p page) element(i int, next uint64) (element, uint64, error) {
	at := headerSize + i*elementSize
	if at+elementSize > len(p.bytes) {
		return element{}, 0, damaged("page %d has more elements than room", p.number)
	}
	text := p.bytes[at : at+elementSize]
	var e element
	var offset, keySize, valueSize uint32
	if p.flags == branchFlag {
		offset, keySize, e.child = order.Uint32(text), order.Uint32(text[4:]), order.Uint64(text[8:])
	} else {
		e.flags, offset = order.Uint32(text), order.Uint32(text[4:])
		keySize, valueSize = order.Uint32(text[8:]), order.Uint32(text[12:])
	}
	from := uint64(at) + uint64(offset)
	key, value := from+uint64(keySize), from+uint64(keySize)+uint64(valueSize)
	if from != next || value > uint64(len(p.bytes)) {
		return element{}, 0, damaged("an element of page %d is not where it should be", p.number)
	}
	e.key, e.value = p.bytes[from:key], p.bytes[key:value]
	return e, value, nil
}
