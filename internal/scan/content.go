package scan

import (
	"encoding/hex"

	"plumbline/internal/drift"
	"plumbline/internal/reader"
)

// content is what a reading that was applied leaves to hold the next one against.
func (s *set) content(basis drift.Basis, facts reader.Facts) drift.Content {
	if !facts.HasSerial {
		return drift.Content{ReaderVersion: basis.ReaderVersion}
	}
	digest := s.index.Content(false)
	return drift.Content{Digest: hex.EncodeToString(digest[:]), ReaderVersion: basis.ReaderVersion}
}

// rereads reports whether the document was last applied by another version of its reader.
func (d *document) rereads(basis drift.Basis) bool {
	return !d.before.ScannedAt.IsZero() && d.before.Content.ReaderVersion != basis.ReaderVersion
}

// rewritten reports whether the document declares otherwise than when it was applied
// last: layout and order are no difference. Where that cannot be told, after an upgrade
// of the reader or the loss of a digest key, it does not.
func (s *set) rewritten(basis drift.Basis) bool {
	last, writing := s.before.Content, s.Keys.WritingID()
	if last.Digest == "" || last.ReaderVersion != basis.ReaderVersion || !s.Keys.Has(s.before.KeyID) {
		return false
	}
	digest := s.index.Content(s.before.KeyID != writing)
	return last.Digest != hex.EncodeToString(digest[:])
}
