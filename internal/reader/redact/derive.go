package redact

import (
	"crypto/hkdf"
	"crypto/sha256"
)

// derivedBytes is the length of a derived key.
const derivedBytes = 32

// Derive gives a key of 32 bytes for another purpose than digests, of each key in its
// place, the writing one first. A purpose tells nothing of another's keys, nor of the
// digest keys. Source: RFC 5869.
func (k *Keys) Derive(purpose string) [][]byte {
	derived := make([][]byte, len(k.list))
	for i, from := range k.list {
		key, err := hkdf.Key(sha256.New, from.secret, nil, purpose, derivedBytes)
		if err != nil { // only for a length that the hash cannot give
			panic(err)
		}
		derived[i] = key
	}
	return derived
}
