package scan

import (
	"context"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
)

// factual is how facts are compared: applied under both policies, gone when their
// declaration is.
var factual = reconcile.Look{Policy: drift.AutoUpdate, Prune: true}

// retirePushes takes back what was pushed, once the uri is read again. Nothing is
// taken back while a document of the uri could not be read.
func (r *run) retirePushes(ctx context.Context, known map[string]drift.Document) error {
	if r.sum.stopped() {
		return nil
	}
	for _, id := range sortedKeys(known) {
		if d := known[id]; d.Kind.IsPushed() && !d.Gone {
			if err := r.retire(ctx, d); err != nil {
				return err
			}
		}
	}
	return nil
}

// vanished decides about a document whose object is gone from the prefix. Like an
// empty document after a full one it waits for a person.
func (r *run) vanished(ctx context.Context, known drift.Document) error {
	return r.takeBack(ctx, known, goneETag, func(c reconcile.Comparison) string {
		if c.Known == 0 {
			return ""
		}
		return "the object is gone"
	})
}

// emptied ends the one document of a source of which nothing is left, or nothing was
// there yet, for the cause given. That it is gone waits for a person too, and is not
// told again once that was accepted.
func (r *run) emptied(ctx context.Context, d *document, cause error) error {
	if err := r.moved(d.ID, goneETag); err != nil {
		return err
	}
	switch {
	case d.before.Gone && !r.source.Pushed:
		r.sum.warn(d.URI, "", "gone, as was accepted before")
		return nil
	case d.before.Gone || d.before.ScannedAt.IsZero():
		return r.unread(ctx, d, cause)
	}
	return r.vanished(ctx, d.before)
}

// retire takes back what a document still declares once other documents have taken its
// place. That most of it is not in those is held like any other loss.
func (r *run) retire(ctx context.Context, known drift.Document) error {
	return r.takeBack(ctx, known, r.documents.etag(), func(c reconcile.Comparison) string {
		if known.Kind == drift.DocumentRelationships {
			return ""
		}
		c.Known = max(c.Known, known.Entities)
		return reconcile.Hold(known, reconcile.Reading{Lineage: known.Lineage, Empty: !r.documents.declares}, c)
	})
}

// takeBack takes back everything that a document declares, unless a reason holds it.
func (r *run) takeBack(ctx context.Context, known drift.Document, etag string, hold func(reconcile.Comparison) string) error {
	d := &document{Document: known, before: known, leaving: true}
	s := &set{run: r, document: d, index: &reconcile.Index{}, kept: map[uuid.UUID]bool{}}
	if known.Kind == drift.DocumentRelationships {
		s.look = &factual
	}
	comparison, err := s.compare(ctx)
	if err != nil {
		return err
	}
	if held, err := r.held(ctx, d, drift.Basis{ETag: etag}, hold(comparison)); held || err != nil {
		return err
	}
	if err := s.apply(ctx, comparison); err != nil {
		return err
	}
	if d.Snapshot = ""; etag == goneETag { // what comes in its place is another document
		d.Lineage, d.Serial, d.HasSerial, d.Content = "", 0, false, drift.Content{}
	}
	d.Gone, d.Entities, d.Basis, d.Held, d.ScannedAt = true, 0, readAnew(d.Basis), nil, r.Now()
	return r.close(ctx, d.end(drift.ScanSucceeded, "no longer declared by the source"))
}
