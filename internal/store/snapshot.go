package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"plumbline/internal/object"
)

// snapshotsOf is where the snapshots of a source are.
func snapshotsOf(source uuid.UUID) string { return "snapshots/" + idText(source) + "/" }

// SaveSnapshot keeps the snapshot of a document and returns its key, which the
// document's record has to name. The same bytes have the same key.
func (s *Store) SaveSnapshot(ctx context.Context, source uuid.UUID, document string, body []byte) (key string, err error) {
	key = snapshotsOf(source) + document + "/" + digestText(string(body))
	if err := s.blobs.PutBlob(ctx, key, body); err != nil {
		return "", fmt.Errorf("save the snapshot of document %s: %w", document, err)
	}
	return key, nil
}

// Snapshot returns a snapshot by its key, or [ErrNotFound] where it was replaced since
// the document was read.
func (s *Store) Snapshot(ctx context.Context, key string) ([]byte, error) {
	body, err := s.blobs.GetBlob(ctx, key)
	if errors.Is(err, object.ErrNotFound) {
		return nil, fmt.Errorf("snapshot %s: %w", key, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("snapshot %s: %w", key, err)
	}
	return body, nil
}

// DropSnapshot removes a snapshot that no record names any more; "" is none.
func (s *Store) DropSnapshot(ctx context.Context, key string) error {
	if key == "" {
		return nil
	}
	if err := s.blobs.DeleteBlob(ctx, key); err != nil {
		return fmt.Errorf("delete snapshot %s: %w", key, err)
	}
	return nil
}

// SweepSnapshots removes every snapshot of a source but those to keep, "" is none: also
// those that a process left which was killed after its record, or before. Whoever calls
// it holds the source's lease, so that nobody saves one meanwhile.
func (s *Store) SweepSnapshots(ctx context.Context, source uuid.UUID, keep []string) error {
	err := s.blobs.ListBlobs(ctx, snapshotsOf(source), func(key string) error {
		if slices.Contains(keep, key) {
			return nil
		}
		return s.DropSnapshot(ctx, key)
	})
	if err != nil {
		return fmt.Errorf("sweep the snapshots of source %s: %w", source, err)
	}
	return nil
}
