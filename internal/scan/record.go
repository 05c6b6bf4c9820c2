package scan

import (
	"context"

	"plumbline/internal/drift"
)

// close puts what became of a document into the summary. Its record is stored when
// the next document is closed, or by the finishing transaction.
func (r *run) close(ctx context.Context, d *document) error {
	if r.force.released != nil && d.unread() {
		if err := r.moved(d.ID, ""); err != nil {
			return err
		}
	}
	if err := r.flush(ctx); err != nil {
		return err
	}
	r.again = r.again || d.Status == drift.ScanFailed && d.Basis.ETag == "" && !d.waits
	r.sum.document(d)
	r.closed[d.ID] = d.URI
	r.last = &d.Document
	return nil
}

// announce stores the record of a document that has none yet, or was gone. It comes
// before whatever else is written of the document, so that the delete of the source finds
// all of it, wherever a scan has died, and so that nobody takes its scope.
func (r *run) announce(ctx context.Context, d *document) error {
	isBack := d.before.Gone && d.Revision == d.before.Revision
	if d.Revision > 0 && !isBack || r.req.DryRun {
		return nil
	}
	first := d.Document
	first.Status, first.Reason, first.BegunAt = drift.ScanRunning, "", r.Now()
	saved, err := r.Store.SaveDocument(ctx, r.lease, first)
	if err != nil {
		return err
	}
	d.Revision, d.BegunAt = saved.Revision, saved.BegunAt
	r.sum.ItemsWritten++
	return nil
}

// flush stores the record of a document that is not the scan's last.
func (r *run) flush(ctx context.Context) error {
	last := r.last
	if r.last = nil; last == nil || r.req.DryRun {
		return nil
	}
	if _, err := r.Store.SaveDocument(ctx, r.lease, *last); err != nil {
		return err
	}
	r.sum.ItemsWritten++
	return nil
}
