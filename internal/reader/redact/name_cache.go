package redact

import (
	"encoding/binary"

	"plumbline/internal/catalog"
)

// nameCache remembers of names whether they are secret by nature: a document has few
// names, each very often. Its size is fixed, whatever keys a for_each may bring: each
// set holds the two names that were last met of those that fall into it. The zero value
// is empty.
type nameCache struct {
	sets [nameSets][2]cachedName
}

const (
	nameSetBits = 11
	nameSets    = 1 << nameSetBits
)

type cachedName struct {
	quoted string
	secret bool
}

// isSecret is [IsSecretName] of a name that is quoted as in a JSON text.
func (c *nameCache) isSecret(quoted []byte) bool {
	set := &c.sets[setOf(quoted)]
	if set[0].quoted == string(quoted) {
		return set[0].secret
	}
	if set[1].quoted != string(quoted) {
		name, _ := catalog.Text(quoted)
		set[1] = cachedName{string(quoted), IsSecretName(name)}
	}
	set[0], set[1] = set[1], set[0]
	return set[0].secret
}

// setOf hashes a name by its length and its last bytes, which differ most.
func setOf(quoted []byte) uint64 {
	var tail [8]byte
	if n := len(quoted); n > len(tail) {
		copy(tail[:], quoted[n-1-len(tail):])
	} else {
		copy(tail[:], quoted)
	}
	return (binary.LittleEndian.Uint64(tail[:]) + uint64(len(quoted))) * 0x9E3779B97F4A7C15 >> (64 - nameSetBits)
}
