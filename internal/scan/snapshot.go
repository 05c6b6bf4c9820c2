package scan

import (
	"bytes"
	"context"
	"fmt"

	"plumbline/internal/reader"
)

// snapshot keeps what a document shows of itself, for whoever asks what was read. The
// one that the document's record still names stays until the next is kept; whatever
// else there is of the source is swept.
func (r *run) snapshot(ctx context.Context, d *document, reading reader.Reading) error {
	shown, ok := reading.(reader.Snapshot)
	if !ok || r.req.DryRun {
		return nil
	}
	var body bytes.Buffer
	if err := shown.WriteSnapshot(&body); err != nil {
		return fmt.Errorf("snapshot of %s: %w", d.URI, err)
	}
	keep, err := r.snapshots(ctx)
	if err != nil {
		return err
	}
	if err := r.Store.SweepSnapshots(ctx, r.source.ID, keep); err != nil {
		return err
	}
	d.Snapshot, err = r.Store.SaveSnapshot(ctx, r.source.ID, d.ID, body.Bytes())
	return err
}

// snapshots are those that the records of the source's documents name.
func (r *run) snapshots(ctx context.Context) ([]string, error) {
	var keys []string
	known, err := r.knownDocuments(ctx)
	for _, d := range known {
		if d.Snapshot != "" {
			keys = append(keys, d.Snapshot)
		}
	}
	return keys, err
}
