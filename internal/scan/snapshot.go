package scan

import (
	"bytes"
	"context"
	"fmt"

	"plumbline/internal/reader"
)

// snapshot keeps what a document shows of itself, for whoever asks what was read. The
// document's record names it; what no record names is swept when the scan has ended.
func (r *run) snapshot(ctx context.Context, d *document, reading reader.Reading) error {
	shown, ok := reading.(reader.Snapshot)
	if !ok || r.req.DryRun {
		return nil
	}
	var body bytes.Buffer
	if err := shown.WriteSnapshot(&body); err != nil {
		return fmt.Errorf("snapshot of %s: %w", d.URI, err)
	}
	key, err := r.Store.SaveSnapshot(ctx, r.source.ID, d.ID, body.Bytes())
	d.Snapshot = key
	return err
}
