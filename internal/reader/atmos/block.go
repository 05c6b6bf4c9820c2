package atmos

import (
	"bytes"

	"plumbline/internal/reader"
	"plumbline/internal/reader/atmos/described"
)

// blockItems is how many declarations a block has, partBytes how much text is compressed
// at a time, unless one line is longer. The bytes of a snapshot depend on both.
const (
	blockItems = 256
	partBytes  = 4 << 20
)

// block is some declarations, one after another, and their part of the snapshot.
type block struct {
	items   []item
	results []result // one an item
	parts   []part
}

// part is the lines of some items, compressed: of those behind the part before, up to
// until.
type part struct {
	packed []byte
	until  int
}

// result is what is kept of a declaration that was made.
type result struct {
	entry   reader.Entry
	problem *reader.Problem
	rest    []byte // see draft; nil once everything is learnt
	line    bool   // the block has a line of it
	open    bool   // it is made anew once a secret is learnt, whatever stands in it
}

// resultBytes is about what a result takes beside its rest.
const resultBytes = 256

// fill makes the declarations of a block for the first time.
func (b *block) fill(w *worker) error {
	b.results = make([]result, len(b.items))
	w.lines = w.lines[:0]
	for i := range b.items {
		if err := b.first(w, i); err != nil {
			return err
		}
		if len(w.lines) < partBytes && i < len(b.items)-1 {
			continue
		}
		packed := w.packer.Pack(w.lines)
		if err := w.reading.doc.Budget.Hold(len(packed)); err != nil {
			return err
		}
		b.parts = append(b.parts, part{packed, i + 1})
		w.lines = w.lines[:0]
	}
	return nil
}

// first makes one declaration, and appends its line.
func (b *block) first(w *worker, i int) (err error) {
	span := w.reading.doc.Budget.Work()
	defer func() {
		if spent := span.End(); spent != nil {
			w.reading.at(b.items[i])
			err = w.reading.doc.Budget.Err()
		}
	}()
	d, err := w.reading.draft(b.items[i], true, span)
	if err != nil {
		return err
	}
	m := w.first(d)
	x := &b.results[i]
	x.rest, x.open = d.rest, m.verdict == nil
	if err := w.reading.doc.Budget.Hold(resultBytes + len(d.rest)); err != nil {
		return err
	}
	w.lines, err = x.take(m, w.lines)
	return err
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
	from := 0
	for p := range b.parts {
		if err := b.reviewPart(w, &b.parts[p], from); err != nil {
			return err
		}
		from = b.parts[p].until
	}
	return nil
}

func (b *block) reviewPart(w *worker, p *part, from int) (err error) {
	if w.before, err = w.packer.Unpack(w.before[:0], p.packed); err != nil {
		return err
	}
	before, changed := w.before, false
	w.lines = w.lines[:0]
	for i := from; i < p.until; i++ {
		x := &b.results[i]
		var line []byte
		if x.line {
			end := bytes.IndexByte(before, '\n') + 1
			line, before = before[:end], before[end:]
		}
		if !x.open && !w.redactor.Holds(x.rest) && !w.redactor.Holds(line) {
			w.lines = append(w.lines, line...)
		} else if err := b.again(w, i); err != nil {
			return err
		} else {
			changed = true
		}
		x.rest = nil
	}
	if changed {
		p.packed = w.packer.Pack(w.lines)
	}
	return nil
}

// again makes one declaration anew.
func (b *block) again(w *worker, i int) (err error) {
	span := w.reading.doc.Budget.Work()
	defer func() {
		if spent := span.End(); err == nil {
			err = spent
		}
	}()
	d, err := w.reading.draft(b.items[i], true, span)
	if err != nil {
		return err
	}
	w.lines, err = b.results[i].take(w.make(d), w.lines)
	return err
}
