package boltfile

import (
	"bytes"
	"io"
)

// checker walks over the pages of a file.
type checker struct {
	file    io.ReaderAt
	meta    meta
	leaf    func(bucket string, key, value []byte) error
	reached []bool // by page
}

// bounds are those of the keys below a page: low <= key, and key < high. Nil: none.
type bounds struct{ low, high []byte }

// bucket checks the tree of a bucket; the root's has no name.
func (c *checker) bucket(name string, root uint64) error { return c.tree(name, root, bounds{}) }

// tree checks a page and all below it.
func (c *checker) tree(bucket string, number uint64, within bounds) error {
	p, err := c.read(number)
	if err != nil {
		return err
	}
	switch p.flags {
	case leafFlag:
		return c.leaves(bucket, p, within)
	case branchFlag:
		return c.branches(bucket, p, within)
	}
	return damaged("page %d is of no kind that belongs there (%#x)", number, p.flags)
}

func (c *checker) branches(bucket string, p page, within bounds) error {
	if p.count == 0 {
		return damaged("page %d leads nowhere", p.number)
	}
	elements, err := p.elements(within)
	if err != nil {
		return err
	}
	for i, e := range elements {
		below := bounds{low: e.key, high: within.high}
		if i+1 < len(elements) {
			below.high = elements[i+1].key
		}
		if err := c.tree(bucket, e.child, below); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) leaves(bucket string, p page, within bounds) error {
	elements, err := p.elements(within)
	if err != nil {
		return err
	}
	for _, e := range elements {
		switch {
		case e.flags == bucketFlag:
			err = c.nested(bucket, p, e)
		case e.flags != 0:
			err = damaged("an element of page %d is of no kind", p.number)
		case c.leaf != nil:
			if err = c.leaf(bucket, e.key, e.value); err != nil {
				err = damaged("page %d: %v", p.number, err)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// bucketHeader is the beginning of a bucket's value: its root's page and a sequence. A
// small bucket has no page; its one leaf follows the header.
const bucketHeader = 16

// nested checks a bucket within another.
func (c *checker) nested(parent string, p page, e element) error {
	if len(e.value) < bucketHeader {
		return damaged("a bucket of page %d is cut", p.number)
	}
	name := parent
	if parent == "" {
		name = string(e.key)
	}
	if root := order.Uint64(e.value); root != 0 {
		return c.bucket(name, root)
	}
	inline := page{number: p.number, bytes: e.value[bucketHeader:]}
	if len(inline.bytes) < headerSize {
		return damaged("a bucket of page %d is cut", p.number)
	}
	inline.flags, inline.count = order.Uint16(inline.bytes[8:]), int(order.Uint16(inline.bytes[10:]))
	if inline.flags != leafFlag {
		return damaged("a bucket of page %d is of no kind (%#x)", p.number, inline.flags)
	}
	return c.leaves(name, inline, bounds{})
}

// elements gives the elements of a page, whose keys ascend within the bounds.
func (p page) elements(within bounds) ([]element, error) {
	elements := make([]element, p.count)
	next := uint64(headerSize + p.count*elementSize)
	for i := range elements {
		e, behind, err := p.element(i, next)
		if err != nil {
			return nil, err
		}
		next = behind
		elements[i] = e
		switch {
		case i > 0 && bytes.Compare(elements[i-1].key, e.key) >= 0,
			i == 0 && bytes.Compare(e.key, within.low) < 0,
			within.high != nil && bytes.Compare(e.key, within.high) >= 0:
			return nil, damaged("the keys of page %d are out of order", p.number)
		}
	}
	return elements, nil
}

// freelist checks the list of the pages that are free: none of them is in use.
func (c *checker) freelist() error {
	if c.meta.freelist == noFreelist {
		return nil
	}
	p, err := c.read(c.meta.freelist)
	if err != nil {
		return err
	}
	if p.flags != freelistFlag {
		return damaged("page %d is no list of free pages (%#x)", p.number, p.flags)
	}
	ids, count := p.bytes[headerSize:], uint64(p.count)
	if p.count == 0xffff { // more than the header can say: the first number is the count
		count, ids = order.Uint64(ids), ids[8:]
	}
	if count > uint64(len(ids)/8) {
		return damaged("page %d lists more free pages than it has room for", p.number)
	}
	for i := range count {
		free := order.Uint64(ids[i*8:])
		switch {
		case free < 2 || free >= c.meta.end:
			return damaged("page %d lists page %d as free, which is none", p.number, free)
		case c.reached[free]:
			return damaged("page %d is listed as free and in use", free)
		}
		c.reached[free] = true
	}
	return nil
}
