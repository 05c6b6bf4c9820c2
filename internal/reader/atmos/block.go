package atmos

import (
	"bytes"

	"plumbline/internal/reader"
	"plumbline/internal/reader/atmos/described"
)

// blockItems is how many declarations a block has. The bytes of a snapshot depend on
// it.
const blockItems = 256

// block is some declarations, one after another, and their part of the snapshot.
type block struct {
	items   []item
	results []result // one an item
	packed  []byte   // lines of the snapshot, compressed
}

// result is what is kept of a declaration that was made.
type result struct {
	entry   reader.Entry
	problem *reader.Problem
	rest    []byte // see draft; nil once everything is learnt
	line    bool   // the block has a line of it
	open    bool   // it is made anew once a secret is learnt, whatever stands in it
}

// fill makes the declarations of a block for the first time.
func (b *block) fill(w *worker) (err error) {
	b.results = make([]result, len(b.items))
	w.lines = w.lines[:0]
	for i, it := range b.items {
		d := w.reading.draft(it, true)
		m := w.first(d)
		b.results[i].rest = d.rest
		b.results[i].open = m.verdict == nil
		if w.lines, err = b.results[i].take(m, w.lines); err != nil {
			return err
		}
	}
	b.packed = w.packer.Pack(w.lines)
	return nil
}

// take keeps what is wanted of a declaration, and appends its line.
func (x *result) take(m *made, lines []byte) ([]byte, error) {
	x.entry, x.problem, x.line = m.entry, m.problem, m.shown.Section != nil
	if !x.line {
		return lines, nil
	}
	return described.AppendLine(lines, &m.shown)
}

// review makes those declarations of a block anew that may hold a secret that is known
// by now. What was made of the others stays, as the same would be made again.
func (b *block) review(w *worker) (err error) {
	if w.before, err = w.packer.Unpack(w.before[:0], b.packed); err != nil {
		return err
	}
	before, changed := w.before, false
	w.lines = w.lines[:0]
	for i := range b.results {
		x := &b.results[i]
		var line []byte
		if x.line {
			end := bytes.IndexByte(before, '\n') + 1
			line, before = before[:end], before[end:]
		}
		if !x.open && !w.redactor.Holds(x.rest) && !w.redactor.Holds(line) {
			w.lines = append(w.lines, line...)
		} else if w.lines, err = x.take(w.make(w.reading.draft(b.items[i], true)), w.lines); err != nil {
			return err
		} else {
			changed = true
		}
		x.rest = nil
	}
	if changed {
		b.packed = w.packer.Pack(w.lines)
	}
	return nil
}
