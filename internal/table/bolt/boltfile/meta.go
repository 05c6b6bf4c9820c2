package boltfile

import (
	"encoding/binary"
	"hash/fnv"
	"io"
	"math/bits"
	"os"
)

// meta is what a table begins with: where its root is. There are two of them, written
// in turn, so that one is whole whenever the process ends.
//
//	offset  in the page, behind its header, in the byte order of the machine
//	0       magic, version, page size, flags      4 bytes each
//	16      root: page, sequence                  8 bytes each
//	32      page of the freelist, high water mark, transaction, checksum
//
// Source: bbolt v1.5.0, internal/common/meta.go.
type meta struct {
	pageSize    int
	root        uint64
	freelist    uint64
	end         uint64 // the high water mark: no page has this number or a higher one
	transaction uint64
}

const (
	magic          = 0xED0CDAED
	version        = 2
	metaSize       = 64
	checksumOffset = 56
	noFreelist     = 0xffffffffffffffff
	minPageSize    = 1 << 10
	maxPageSize    = 16 << 20
)

var order = binary.NativeEndian

// parseMeta gives the meta of a page; ok is false for one that is not whole.
func parseMeta(page []byte) (m meta, ok bool) {
	if len(page) < headerSize+metaSize {
		return meta{}, false
	}
	text := page[headerSize : headerSize+metaSize]
	sum := fnv.New64a()
	sum.Write(text[:checksumOffset])
	m = meta{
		pageSize: int(order.Uint32(text[8:])), root: order.Uint64(text[16:]), freelist: order.Uint64(text[32:]),
		end: order.Uint64(text[40:]), transaction: order.Uint64(text[48:]),
	}
	ok = order.Uint32(text) == magic && order.Uint32(text[4:]) == version && order.Uint64(text[checksumOffset:]) == sum.Sum64() &&
		m.pageSize >= minPageSize && m.pageSize <= maxPageSize && bits.OnesCount(uint(m.pageSize)) == 1
	return m, ok
}

// readMeta gives the newest whole meta, and whether the other one is whole too.
func readMeta(file io.ReaderAt) (newest meta, both bool, err error) {
	page := make([]byte, headerSize+metaSize)
	read := func(at int64) (meta, bool) {
		if _, err := file.ReadAt(page, at); err != nil {
			return meta{}, false
		}
		return parseMeta(page)
	}
	first, ok := read(0)
	if ok {
		second, ok := read(int64(first.pageSize))
		if ok && second.transaction > first.transaction {
			return second, true, nil
		}
		return first, ok, nil
	}
	// The size of a page is not known: the second one is behind a page of any size.
	for size := int64(minPageSize); size <= maxPageSize; size *= 2 {
		if second, ok := read(size); ok && int64(second.pageSize) == size {
			return second, false, nil
		}
	}
	return meta{}, false, damaged("neither of its first two pages is whole")
}

// checkFile checks the pages that the newest meta reaches.
func checkFile(file *os.File, config Config) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	m, both, err := readMeta(file)
	if err != nil {
		return err
	}
	pages := info.Size() / int64(m.pageSize)
	if m.end < 2 || m.end > uint64(pages) {
		return damaged("it is cut: %d bytes are left of %d pages of %d", info.Size(), m.end, m.pageSize)
	}
	c := &checker{file: file, meta: m, leaf: config.Leaf, reached: make([]bool, m.end)}
	if err := c.bucket("", m.root); err != nil {
		return err
	}
	if err := c.freelist(); err != nil {
		return err
	}
	if !both && config.Warn != nil {
		config.Warn("one of the file's two first pages is damaged; the other one is used, which may be one change older")
	}
	return nil
}
