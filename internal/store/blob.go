package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"plumbline/internal/table"
)

// blobOf is the key of the blob that an item refers to, "" when it holds its record
// itself.
func blobOf(item table.Item) string {
	if len(item.Body) > 0 && item.Body[0] == formatBlob {
		return string(item.Body[1:])
	}
	return ""
}

// putBlobs are the blobs that the puts among ops refer to.
func putBlobs(ops []table.Op) []string {
	var blobs []string
	for _, op := range ops {
		if blob := blobOf(op.Item); op.Kind == table.OpPut && blob != "" {
			blobs = append(blobs, blob)
		}
	}
	return blobs
}

// dropBlobs removes the blobs of replaced bodies, save those that the new bodies, in
// ops, refer to.
func (s *Store) dropBlobs(ctx context.Context, old []string, ops []table.Op) error {
	kept := putBlobs(ops)
	for _, blob := range old {
		if blob == "" || slices.Contains(kept, blob) {
			continue
		}
		if err := s.blobs.DeleteBlob(ctx, blob); err != nil {
			return fmt.Errorf("delete blob %s: %w", blob, err)
		}
	}
	return nil
}

// undo removes the blobs of a write that did not take place, save those that are
// referred to still. A write that may have taken place keeps them.
func (s *Store) undo(ctx context.Context, failed error, ops []table.Op, kept ...string) error {
	certain := slices.ContainsFunc([]error{ErrConflict, ErrLeaseLost, table.ErrBusy, table.ErrFull, table.ErrTooLarge, table.ErrInvalid},
		func(target error) bool { return errors.Is(failed, target) })
	if !certain {
		return failed
	}
	for _, blob := range putBlobs(ops) {
		if slices.Contains(kept, blob) {
			continue
		}
		if err := s.blobs.DeleteBlob(ctx, blob); err != nil {
			return errors.Join(failed, fmt.Errorf("delete blob %s: %w", blob, err))
		}
	}
	return failed
}
