package scan

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/object"
	"plumbline/internal/reader"
	"plumbline/internal/reader/budget"
	"plumbline/internal/reconcile"
	"plumbline/internal/store"
)

// document is one document of a scan: as it was, and as it will be.
type document struct {
	drift.Document
	before drift.Document
	// complete: everything in it was used, so that the same bytes need not be read
	// again.
	complete bool
	// ready is called once nothing holds the document, before anything of it is
	// applied; nil for nothing.
	ready func(context.Context) error
	// many: it is all objects that the source's uri finds. confirm is asked after pass one
	// whether they are still those that were read; nil for one object.
	many    bool
	confirm func(context.Context) error
	// waits: the document left a due entry of its own.
	waits bool
	// leaving: it is taken back whole, whatever its bytes were.
	leaving bool
	// told is what a document that is unusable says of itself all the same; its
	// record keeps what was last applied.
	told reader.Facts
}

// unread: nothing could be made of the document's bytes.
func (d *document) unread() bool {
	switch d.Status {
	case drift.ScanFailed, drift.ScanEncrypted, drift.ScanUnsupported:
		return true
	}
	return false
}

func (d *document) end(status drift.ScanStatus, reason string) *document {
	d.Status, d.Reason = status, brief(reason)
	return d
}

// failed ends a document that could not be read. It is read as soon as it can be, be
// it the same as before.
func (d *document) failed(reason string) *document {
	d.Basis = readAnew(d.Basis)
	return d.end(drift.ScanFailed, reason)
}

// readAnew is a basis that no reading has. It tells still under which settings the
// document was applied last.
func readAnew(b drift.Basis) drift.Basis { return drift.Basis{SettingsRevision: b.SettingsRevision} }

// looks bounds how often a document is read anew because it was replaced meanwhile.
const looks = 5

// document scans one object. One that is replaced while it is read is looked at
// again at once.
func (r *run) document(ctx context.Context, d *document, f found) error {
	for range looks {
		before := r.sum.mark()
		again := *d
		err := r.look(ctx, &again, f)
		if !errors.Is(err, object.ErrChanged) {
			return err
		}
		r.sum.back(before)
		d.Revision, d.BegunAt = again.Revision, again.BegunAt
		if f, err = r.refresh(ctx, f); err != nil {
			return r.unread(ctx, d, err)
		}
	}
	return r.close(ctx, d.failed("the object was replaced again and again while it was read"))
}

// look scans one object as it is now.
func (r *run) look(ctx context.Context, d *document, f found) error {
	d.complete = true
	basis := drift.Basis{ETag: f.info.ETag, SettingsRevision: r.source.SettingsRevision,
		ReaderVersion: r.reader().Version() + r.OpenOutputs.Version(), KeyID: r.Keys.WritingID()}
	if d.before.Basis == basis && d.LockedSince.IsZero() && (!r.req.Full || r.readAlready(d.before)) {
		return r.unchanged(ctx, d)
	}
	if d.many = f.whole != nil; d.many {
		d.confirm = r.unchangedSince(f)
		return r.read(ctx, d, basis, r.reader(), reader.Document{Files: r.files(ctx, f)})
	}
	if wait, err := r.mustWait(ctx, d, f); err != nil || wait {
		return err
	}
	if f.info.Size > r.MaxDocument {
		return r.close(ctx, d.failed(fmt.Sprintf("too big: %d bytes, the limit is %d", f.info.Size, r.MaxDocument)))
	}
	if err := r.announce(ctx, d); err != nil {
		return err
	}
	if err := r.claim(ctx, d); errors.Is(err, store.ErrScopeTaken) {
		return r.close(ctx, d.failed(fmt.Sprintf("scope_taken: %q: %v", d.Scope, err)))
	} else if err != nil {
		return err
	}
	body, info, err := r.Objects.Open(ctx, f.at, f.info.Pin())
	if err != nil {
		return r.unread(ctx, d, err)
	}
	basis.ETag = info.ETag
	once := &opener{run: r, at: f.at, pin: info.Pin(), first: body}
	defer once.close()
	return r.read(ctx, d, basis, r.reader(), reader.Document{Open: once.open})
}

func (r *run) reader() reader.Reader { return r.Readers[r.source.Settings.Kind] }

// unchanged ends a document whose last scan read the same bytes under the same
// settings: what it declares was seen now.
func (r *run) unchanged(ctx context.Context, d *document) error {
	if d.Status.Stopped() {
		return r.close(ctx, d) // as unusable as before
	}
	totals, err := r.total(ctx, d.ID)
	if err != nil {
		return err
	}
	r.sum.unchanged(d.Entities, totals.Drifted)
	if !r.readAlready(d.before) {
		d.end(drift.ScanUnchanged, "")
		d.ScannedAt = r.Now()
	}
	r.documents.add(d.Basis.ETag, d.Empty)
	return r.close(ctx, d)
}

// total is the document's total as it was when the scan first asked.
func (r *run) total(ctx context.Context, document string) (store.Totals, error) {
	if r.totals == nil {
		var err error
		if r.totals, err = r.Store.Totals(ctx, r.source.ID); err != nil {
			return store.Totals{}, err
		}
	}
	return r.totals[document], nil
}

// read is the way of every document, pulled or pushed: pass one, hold, compare, pass
// two. The doc given has its bytes; the rest is the source's.
func (r *run) read(ctx context.Context, d *document, basis drift.Basis, rd reader.Reader, doc reader.Document) error {
	if parked, err := r.park(ctx, d, basis); parked || err != nil {
		return err
	}
	doc.URI, doc.Scope, doc.Environment, doc.Atmos = d.URI, d.Scope, r.source.EnvID, r.source.Settings.Atmos
	doc.Keys, doc.OpenOutputs = r.Keys.For(r.source.Organisation).ForDocument(d.before.KeyID), r.OpenOutputs
	doc.Budget = budget.New(r.Budget)
	var index reconcile.Index
	var reading reader.Reading
	err := r.kept(ctx, func(ctx context.Context) (err error) {
		reading, err = rd.Index(ctx, doc, func(e reader.Entry) error {
			index.Add(reconcile.Entry{ID: e.ID, Digest: e.Digest, Alternate: e.Alternate})
			if index.Len()%1000 == 0 {
				return r.breathe(ctx)
			}
			return nil
		})
		return err
	})
	if err != nil {
		return r.unusable(ctx, d, basis, cmp.Or(doc.Budget.Err(), err))
	}
	if d.confirm != nil {
		if err := d.confirm(ctx); err != nil {
			return r.unread(ctx, d, err)
		}
	}
	facts := reading.Facts()
	s := &set{run: r, document: d, reading: reading, index: &index, kept: map[uuid.UUID]bool{}, uncertain: facts.Uncertain,
		reread: d.rereads(basis)}
	if err := s.problems(ctx, facts); final(err) {
		return r.unread(ctx, d, err)
	} else if err != nil {
		return err
	}
	comparison, err := s.compare(ctx)
	if err == nil {
		err = s.doubt(ctx, &comparison)
	}
	if err != nil {
		return err
	}
	reason := reconcile.Hold(d.before, reconcile.Reading{Lineage: facts.Lineage, Serial: facts.Serial, HasSerial: facts.HasSerial,
		Empty: facts.Empty, NoState: facts.Format == reader.FormatEmpty, Rewritten: s.rewritten(basis)}, comparison)
	if held, err := r.held(ctx, d, basis, reason); held || err != nil {
		return err
	}
	if err := r.announce(ctx, d); err != nil {
		return err
	}
	if d.ready != nil {
		if err := d.ready(ctx); err != nil {
			return err
		}
	}
	if err := s.gained(ctx, facts.Schemas); err != nil {
		return err
	}
	if err := s.apply(ctx, comparison); final(err) || panicked(err) {
		return r.unread(ctx, d, err) // gone between pass one and two, or a fault of the reader
	} else if overspent(err) {
		return r.unusable(ctx, d, basis, cmp.Or(doc.Budget.Err(), err))
	} else if err != nil {
		return err
	}
	s.gains.tell(func(reason string) { s.sum.warn(s.URI, "", reason) })
	if err := s.keep(ctx); err != nil {
		return err
	}
	if err := r.snapshot(ctx, d, reading); err != nil {
		return err
	}
	r.learn(d, basis, facts)
	d.Content = s.content(basis, facts)
	d.Entities = index.Len()
	r.documents.add(basis.ETag, facts.Empty)
	return r.close(ctx, d)
}

// learn stores what a reading that was applied said of the document.
func (r *run) learn(d *document, basis drift.Basis, facts reader.Facts) {
	d.Format, d.Lineage, d.Serial, d.HasSerial = string(facts.Format), facts.Lineage, facts.Serial, facts.HasSerial
	d.WriterVersion, d.Empty, d.KeyID = facts.WriterVersion, facts.Empty, basis.KeyID
	d.ScannedAt, d.Held = r.Now(), nil
	if d.Basis = basis; !d.complete {
		d.Basis = readAnew(basis)
	}
	if d.complete {
		d.end(drift.ScanSucceeded, "")
	} else {
		d.end(drift.ScanPartial, "declarations could not be used: see failed")
	}
}

// overspent reports whether a reading used up its budget.
func overspent(err error) bool {
	var exceeded *budget.ExceededError
	return errors.As(err, &exceeded)
}

// unusable ends a document that is not of its format, cannot be used, or takes more than
// the budget of one reading. The catalogue stays as it was; the same bytes need not be read
// again.
func (r *run) unusable(ctx context.Context, d *document, basis drift.Basis, err error) error {
	var exceeded *budget.ExceededError
	if errors.As(err, &exceeded) {
		err = &reader.UnusableError{Problem: reader.Problem{Path: exceeded.Place, Offset: -1, Reason: exceeded.Error()}}
	}
	var unusable *reader.UnusableError
	if !errors.As(err, &unusable) {
		return r.unread(ctx, d, fmt.Errorf("read %s: %w", d.URI, err))
	}
	d.Basis, d.Format, d.told = basis, string(unusable.Facts.Format), unusable.Facts
	status := drift.ScanFailed
	switch {
	case unusable.Encrypted:
		status = drift.ScanEncrypted
	case unusable.Unsupported:
		status = drift.ScanUnsupported
	}
	return r.close(ctx, d.end(status, unusable.Error()))
}
