package reconcile

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
)

// In the place of a digest: a property that is not declared or null, one that is declared
// empty, and one declared in plain that another source keeps secret, of which nothing
// may be kept.
const (
	absentDigest = "absent"
	emptyDigest  = "empty"
	plainDigest  = "plain"
)

// secretDigest begins the digest of a value with a secret inside.
const secretDigest = "secret:"

// likenessDigest names a declared value in a rejection: values that are alike have one.
func likenessDigest(v catalog.Value) string {
	if v == nil || catalog.IsNull(v) {
		return absentDigest
	}
	if v = plain(v, 0); v == nil {
		return emptyDigest
	}
	return valueDigest(v)
}

// isDigestOf reports whether a digest, of whichever time, is that of a value alike to v.
func isDigestOf(digest string, v catalog.Value) bool {
	if digest == absentDigest || digest == emptyDigest {
		return empty(v, false)
	}
	return digest == likenessDigest(v) || digest == valueDigest(v)
}

// form is a value in the form in which those that are the same difference are equal.
func (c Case) form(v catalog.Value) catalog.Value {
	if c.Literal {
		return v
	}
	return plain(v, 0)
}

// valueDigest is the digest of a value as it stands: 128 bits of SHA-256 in
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

// DigestOf is a declaration's digest as a head keeps it. One that was compared literally
// has another, so that a change of that setting makes the next scan look at everything.
func DigestOf(declaration [32]byte, literally bool) [32]byte {
	if !literally {
		return declaration
	}
	return sha256.Sum256(append([]byte("literally\n"), declaration[:]...))
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
func (c Case) differenceDigest(differences []difference, alternate bool) string {
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
		part(c.form(catalog.MaskSecrets(d.Before)))
		part(binary.BigEndian.AppendUint64(nil, changesOf(d.Change)))
		part(c.form(after))
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

// changesOf sums how often the secrets of a change had changed before.
func changesOf(change drift.Change) (sum uint64) {
	for _, secret := range change.Secrets {
		sum += uint64(secret.Changes)
	}
	return sum
}

// asFound reports whether a property is recorded as a change found it. A secret may
// have moved to another key meanwhile; if it had changed, its count would tell.
func (c Case) asFound(change drift.Change) bool {
	now := c.Record.Entity.At(change.Property)
	if alike(now, change.Before, false) {
		return true
	}
	if !catalog.HasSecret(now) || !alike(catalog.MaskSecrets(now), catalog.MaskSecrets(change.Before), false) {
		return false
	}
	found := sides{property: change.Property}.at(change.Before)
	for pointer, secret := range (sides{property: change.Property}).at(now) {
		if catalog.Equal(secret, found[pointer]) {
			continue
		}
		moved := catalog.SecretKeyID(secret) != catalog.SecretKeyID(found[pointer])
		if !moved || c.Record.SecretChanges[pointer] != change.Secrets[pointer].Changes {
			return false
		}
	}
	return true
}
