package scan

import (
	"crypto/sha256"
	"encoding/hex"
)

// tally is what a scan has read so far, for what it takes the place of. The zero value
// has read nothing.
type tally struct {
	digest [sha256.Size]byte
	// declares: one of the documents declares more than itself.
	declares bool
}

func (t *tally) add(etag string, empty bool) {
	t.digest = sha256.Sum256(append(t.digest[:], etag...))
	t.declares = t.declares || !empty
}

// etag stands for the bytes of a document whose place all this takes.
func (t *tally) etag() string { return goneETag + ":" + hex.EncodeToString(t.digest[:8]) }
