package reconcile

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
)

// In the place of a digest: a property that is not declared, and one declared in
// plain that another source keeps secret, of which nothing may be kept.
const (
	absentDigest = "absent"
	plainDigest  = "plain"
)

// secretDigest begins the digest of a value with a secret inside.
const secretDigest = "secret:"

// valueDigest names a declared value in a rejection: 128 bits of SHA-256 in
// hexadecimal. Secrets are digests in it already.
func valueDigest(v catalog.Value) string {
	if v == nil {
		return absentDigest
	}
	sum := sha256.Sum256(v)
	digest := hex.EncodeToString(sum[:16])
	if catalog.HasSecret(v) {
		return secretDigest + digest
	}
	return digest
}

// difference is a change that waits for a person.
type difference struct {
	drift.Change
	alternate catalog.Value // After under the alternate key, nil where it is the same
	claims    []claim
}

// differenceDigest names what a proposal holds: the same differences, found on the
// same record, have the same digest. What is recorded and what others claim counts
// without its secrets, for it moves to another key at another time; that a recorded
// secret changed shows in its count.
func differenceDigest(differences []difference, alternate bool) string {
	h := sha256.New()
	part := func(b []byte) {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(b)))
		h.Write(size[:])
		h.Write(b)
	}
	for _, d := range differences {
		after := d.After
		if alternate && d.alternate != nil {
			after = d.alternate
		}
		part([]byte(d.Property))
		part(catalog.MaskSecrets(d.Before))
		part(binary.BigEndian.AppendUint64(nil, uint64(d.SecretChanges)))
		part(after)
		for _, theirs := range d.claims {
			part(theirs.source[:])
			if !theirs.secret() {
				part([]byte(theirs.digest))
			}
		}
		part(nil)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// asFound reports whether a property is recorded as a change found it. A secret may
// have moved to another key meanwhile; if it had changed, its count would tell.
func asFound(record *catalog.Record, change drift.Change) bool {
	now := record.Entity.At(change.Property)
	if catalog.Equal(now, change.Before) {
		return true
	}
	return catalog.HasSecret(now) && catalog.SecretKeyID(now) != catalog.SecretKeyID(change.Before) &&
		catalog.Equal(catalog.MaskSecrets(now), catalog.MaskSecrets(change.Before)) &&
		record.SecretChanges[change.Property] == change.SecretChanges
}
