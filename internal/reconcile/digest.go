package reconcile

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
)

// absentDigest stands for a property that is not declared.
const absentDigest = "absent"

// valueDigest names a declared value in a rejection: 128 bits of SHA-256 in
// hexadecimal. Secrets are digests in it already.
func valueDigest(v catalog.Value) string {
	if v == nil {
		return absentDigest
	}
	sum := sha256.Sum256(v)
	return hex.EncodeToString(sum[:16])
}

// changesDigest names a difference: the same changes, found on the same record,
// have the same digest.
func changesDigest(changes []drift.Change) string {
	h := sha256.New()
	part := func(b []byte) {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(b)))
		h.Write(size[:])
		h.Write(b)
	}
	for _, c := range changes {
		part([]byte(c.Property))
		part(c.Before)
		part(c.After)
		for _, claim := range c.Conflict {
			part(claim.Source[:])
			part(claim.Value)
		}
		part(nil)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
