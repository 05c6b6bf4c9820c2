package scan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/object"
	"plumbline/internal/reader"
	"plumbline/internal/reconcile"
)

// document is one document of a scan: as it was, and as it will be.
type document struct {
	drift.Document
	before drift.Document
	// complete: everything in it was used, so that the same bytes need not be read
	// again.
	complete bool
}

func (d *document) end(status drift.ScanStatus, reason string) *document {
	d.Status, d.Reason = status, reason
	return d
}

func (d *document) failed(reason string) *document { return d.end(drift.ScanFailed, reason) }

// close puts what became of a document into the summary; its record is stored by the
// next flush, or by the finishing transaction.
func (r *run) close(_ context.Context, d *document) error {
	r.sum.document(d)
	r.last = &d.Document
	return nil
}

// document scans one object.
func (r *run) document(ctx context.Context, d *document, f found) error {
	d.complete = true
	basis := drift.Basis{ETag: f.info.ETag, SettingsRevision: r.source.SettingsRevision,
		ReaderVersion: r.reader().Version(), KeyID: r.Keys.WritingID()}
	if d.before.Basis == basis && !r.req.Full && d.LockedSince.IsZero() {
		return r.unchanged(ctx, d)
	}
	l, err := r.lockOf(ctx, f)
	if err != nil {
		return err
	}
	if wait, err := r.locked(ctx, d, l); err != nil || wait {
		return errors.Join(err, r.close(ctx, d))
	}
	if f.info.Size > r.MaxDocument {
		d.Basis = basis
		return r.close(ctx, d.failed(fmt.Sprintf("too big: %d bytes, the limit is %d", f.info.Size, r.MaxDocument)))
	}
	if taken, err := r.claim(ctx, d); err != nil {
		return err
	} else if taken {
		return r.close(ctx, d.failed(fmt.Sprintf("scope_taken: the scope %q belongs to another document", d.Scope)))
	}
	body, info, err := r.Objects.Open(ctx, f.at, f.info.Pin())
	if err != nil {
		return r.unread(ctx, d, err)
	}
	basis.ETag = info.ETag
	once := &opener{run: r, at: f.at, pin: info.Pin(), first: body}
	defer once.close()
	return r.read(ctx, d, basis, r.reader(), once.open)
}

func (r *run) reader() reader.Reader { return r.Readers[r.source.Settings.Kind] }

// opener gives the body that is open already first, and the same version again after
// that.
type opener struct {
	*run
	at    object.Location
	pin   object.Pin
	first io.ReadCloser
}

func (o *opener) open(ctx context.Context) (io.ReadCloser, error) {
	if body := o.first; body != nil {
		o.first = nil
		return body, nil
	}
	body, _, err := o.Objects.Open(ctx, o.at, o.pin)
	return body, err
}

func (o *opener) close() {
	if o.first != nil {
		o.first.Close()
	}
}

// unchanged ends a document whose last scan read the same bytes under the same
// settings: what it declares was seen now.
func (r *run) unchanged(ctx context.Context, d *document) error {
	switch d.before.Status {
	case drift.ScanSucceeded, drift.ScanUnchanged:
		d.end(drift.ScanUnchanged, "")
		d.ScannedAt = r.Now()
		r.sum.unchanged(d.Entities)
	}
	return r.close(ctx, d)
}

// read is the way of every document, pulled or pushed: pass one, hold, compare, pass
// two.
func (r *run) read(ctx context.Context, d *document, basis drift.Basis, rd reader.Reader, open func(context.Context) (io.ReadCloser, error)) error {
	doc := reader.Document{URI: d.URI, Scope: d.Scope, Environment: r.source.EnvID, Open: open,
		Keys: r.Keys.For(r.source.Organisation).ForDocument(d.before.KeyID)}
	var index reconcile.Index
	reading, err := rd.Index(ctx, doc, func(e reader.Entry) error {
		index.Add(reconcile.Entry{ID: e.ID, Digest: e.Digest, Alternate: e.Alternate})
		if index.Len()%1000 == 0 {
			return r.breathe(ctx)
		}
		return nil
	})
	if err != nil {
		return r.unusable(ctx, d, basis, err)
	}
	facts := reading.Facts()
	s := &set{run: r, document: d, reading: reading, index: &index, kept: map[uuid.UUID]bool{}}
	s.problems(facts)
	comparison, err := s.compare(ctx)
	if err != nil {
		return err
	}
	reason := reconcile.Hold(d.before, reconcile.Reading{Lineage: facts.Lineage, Serial: facts.Serial,
		HasSerial: facts.HasSerial, Empty: facts.Empty}, comparison)
	if held, err := r.held(ctx, d, basis, reason); held || err != nil {
		return err
	}
	if err := s.apply(ctx, comparison); err != nil {
		return err
	}
	r.learn(d, basis, facts)
	d.Entities = index.Len()
	return r.close(ctx, d)
}

// learn stores what a reading that was applied said of the document.
func (r *run) learn(d *document, basis drift.Basis, facts reader.Facts) {
	d.Format, d.Lineage, d.Serial, d.HasSerial = string(facts.Format), facts.Lineage, facts.Serial, facts.HasSerial
	d.WriterVersion, d.Empty, d.KeyID = facts.WriterVersion, facts.Empty, basis.KeyID
	d.ScannedAt, d.Held = r.Now(), nil
	d.Basis = drift.Basis{}
	if d.complete {
		d.Basis = basis
	}
	d.end(drift.ScanSucceeded, "")
}

// unusable ends a document that is not of its format, or cannot be used. The catalogue
// stays as it was; the same bytes need not be read again.
func (r *run) unusable(ctx context.Context, d *document, basis drift.Basis, err error) error {
	var unusable *reader.UnusableError
	if !errors.As(err, &unusable) {
		if final(err) || errors.Is(err, object.ErrChanged) {
			return r.unread(ctx, d, fmt.Errorf("read %s: %w", d.URI, err))
		}
		return fmt.Errorf("read %s: %w", d.URI, err)
	}
	d.Basis, d.Format = basis, string(unusable.Facts.Format)
	status := drift.ScanFailed
	switch {
	case unusable.Encrypted:
		status = drift.ScanEncrypted
		d.Lineage, d.Serial, d.HasSerial = unusable.Facts.Lineage, unusable.Facts.Serial, unusable.Facts.HasSerial
	case unusable.Unsupported:
		status = drift.ScanUnsupported
	}
	return r.close(ctx, d.end(status, unusable.Error()))
}

// held ends a document whose scan must wait for a person. A force that names a scan
// which held these very bytes lets it pass; other bytes are [ErrMoved].
func (r *run) held(ctx context.Context, d *document, basis drift.Basis, reason string) (bool, error) {
	hold := d.before.Held
	if r.force != uuid.Nil && hold != nil {
		reviewed, err := r.reviewed(ctx, *hold)
		switch {
		case err != nil:
			return false, err
		case reviewed && hold.ETag != basis.ETag:
			return false, ErrMoved
		case reviewed:
			r.forced = true
			return false, nil
		}
	}
	if reason == "" {
		return false, nil
	}
	if hold == nil || hold.ETag != basis.ETag {
		hold = &drift.Hold{ScanID: r.scan.ID, Reason: reason, ETag: basis.ETag}
	}
	d.Held, d.Basis = hold, drift.Basis{}
	return true, r.close(ctx, d.end(drift.ScanHeld, reason))
}

// reviewed reports whether the force names the scan that first held a document, or a
// later one that found it held still.
func (r *run) reviewed(ctx context.Context, hold drift.Hold) (bool, error) {
	if r.force == hold.ScanID {
		return true, nil
	}
	if bytes.Compare(r.force[:], hold.ScanID[:]) < 0 {
		return false, nil
	}
	scan, err := r.Store.Scan(ctx, r.source.ID, r.force)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil && scan.Status == drift.ScanHeld, err
}
