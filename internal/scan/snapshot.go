package scan

import (
	"bytes"
	"context"
	"fmt"

	"plumbline/internal/reader"
)

// snapshot keeps what a document shows of itself, for whoever asks what was read. A
// source has one document of such a kind: the snapshot that its record still names stays
// until the next is kept, whatever else there is of the source is swept.
func (r *run) snapshot(ctx context.Context, d *document, reading reader.Reading) error {
	shown, ok := reading.(reader.Snapshot)
	if !ok || r.req.DryRun {
		return nil
	}
	var body bytes.Buffer
	if err := shown.WriteSnapshot(&body); err != nil {
		return fmt.Errorf("snapshot of %s: %w", d.URI, err)
	}
	if err := r.Store.SweepSnapshots(ctx, r.source.ID, []string{d.before.Snapshot}); err != nil {
		return err
	}
	var err error
	d.Snapshot, err = r.Store.SaveSnapshot(ctx, r.source.ID, d.ID, body.Bytes())
	return err
}
