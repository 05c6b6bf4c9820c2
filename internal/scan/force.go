package scan

import (
	"bytes"
	"context"
	"errors"

	"github.com/google/uuid"

	"plumbline/internal/drift"
)

// force is a person's decision to let pass what a scan held: those documents, at the
// bytes that were reviewed, and nothing else.
type force struct {
	scan     uuid.UUID // zero: none
	released map[string]drift.Hold
}

func newForce(scan uuid.UUID) *force { return &force{scan: scan} }

// review finds the documents that the force releases. One that releases none is
// [ErrNotHeld], save in the rest of a scan, whose first part may have let all pass.
func (r *run) review(ctx context.Context, known map[string]drift.Document) error {
	if r.force.scan == uuid.Nil {
		return nil
	}
	r.force.released = map[string]drift.Hold{}
	for _, id := range sortedKeys(known) {
		hold := known[id].Held
		if hold == nil {
			continue
		}
		reviewed, err := r.reviewed(ctx, *hold)
		if err != nil {
			return err
		}
		if reviewed {
			r.force.released[id] = *hold
		}
	}
	if len(r.force.released) == 0 && !r.resumed {
		return r.overtaken(ctx, known)
	}
	return nil
}

// overtaken says why a force finds nothing to release: [ErrMoved] where the scan that it
// names held something, which is not what is there now, else [ErrNotHeld].
func (r *run) overtaken(ctx context.Context, known map[string]drift.Document) error {
	held, err := r.hasHeld(ctx, r.force.scan)
	if err != nil {
		return err
	}
	for _, d := range known {
		held = held && !d.Released.Covers(r.force.scan)
	}
	if held {
		return ErrMoved
	}
	return ErrNotHeld
}

// hasHeld reports whether a scan of the source held a document; a dry run holds none.
func (r *run) hasHeld(ctx context.Context, id uuid.UUID) (bool, error) {
	scan, err := r.Store.Scan(ctx, r.source.ID, id)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil && scan.Summary.Documents[drift.ScanHeld] > 0 && !scan.Summary.DryRun, err
}

// reviewed reports whether the force names the scan that first held a document, or a
// later one that found it held still.
func (r *run) reviewed(ctx context.Context, hold drift.Hold) (bool, error) {
	if r.force.scan == hold.ScanID {
		return true, nil
	}
	if bytes.Compare(r.force.scan[:], hold.ScanID[:]) < 0 {
		return false, nil
	}
	return r.hasHeld(ctx, r.force.scan)
}

// moved is [ErrMoved] where a document that the force releases is not at the bytes
// that were reviewed. It is asked before anything is applied.
func (r *run) moved(document, etag string) error {
	if hold, ok := r.force.released[document]; ok && !r.resumed && hold.ETag != etag {
		return ErrMoved
	}
	return nil
}

// goneETag stands for the bytes of a document that is no longer declared. Behind it
// stands what took its place, if anything did.
const goneETag = "gone"

// held ends a document whose scan must wait for a person. The reason is "" where
// nothing speaks against it.
func (r *run) held(ctx context.Context, d *document, basis drift.Basis, reason string) (bool, error) {
	hold := d.before.Held
	if released, ok := r.force.released[d.ID]; ok {
		switch {
		case released.ETag == basis.ETag:
			d.Released = drift.Release{From: released.ScanID, By: r.scan.ID}
			return false, nil
		case !d.leaving:
			if err := r.moved(d.ID, basis.ETag); err != nil {
				return false, err
			}
		}
	}
	if reason == "" {
		return false, nil
	}
	if hold == nil || hold.ETag != basis.ETag {
		hold = &drift.Hold{ScanID: r.scan.ID, Reason: reason, ETag: basis.ETag}
	}
	d.Held, d.Basis = hold, readAnew(d.Basis)
	return true, r.close(ctx, d.end(drift.ScanHeld, reason))
}
