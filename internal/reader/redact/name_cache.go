package redact

import (
	"encoding/binary"

	"plumbline/internal/catalog"
)

// nameMark is what a name says of the value under it or beside it, in bits.
type nameMark uint16

const (
	// secretMember: the value is secret. secretText: it is where it is a text.
	secretMember nameMark = 1 << iota
	secretText
	// The members of a pair (see pair.go).
	pairName
	pairValue
	pairType
	// The members of a Secret of Kubernetes.
	kindName
	kindData
	// The value names a thing: at any depth, or as a property.
	anyID
	topID

	plainName nameMark = 0
)

// nameCache remembers the marks of names: a document has few
// names, each very often. Its size is fixed, whatever keys a for_each may bring: each
// set holds the two names that were last met of those that fall into it.
type nameCache struct {
	judge func(name string) nameMark
	sets  [nameSets][2]cachedName
}

// maxCachedName is how long a name may be, as it is quoted, to be remembered.
const maxCachedName = 256

const (
	nameSetBits = 11
	nameSets    = 1 << nameSetBits
)

type cachedName struct {
	quoted string
	mark   nameMark
}

// mark judges a name that is quoted as in a JSON text, or not at all.
func (c *nameCache) mark(quoted []byte) nameMark {
	if len(quoted) > maxCachedName {
		return c.judge(textOf(quoted))
	}
	set := &c.sets[setOf(quoted)]
	if set[0].quoted == string(quoted) {
		return set[0].mark
	}
	if set[1].quoted != string(quoted) {
		set[1] = cachedName{string(quoted), c.judge(textOf(quoted))}
	}
	set[0], set[1] = set[1], set[0]
	return set[0].mark
}

func textOf(name []byte) string {
	if text, isQuoted := catalog.Text(name); isQuoted {
		return text
	}
	return string(name)
}

// setOf hashes a name by its length and its last bytes, which differ most.
func setOf(quoted []byte) uint64 {
	var tail uint64
	if n := len(quoted); n > 9 {
		tail = binary.LittleEndian.Uint64(quoted[n-9:])
	} else {
		for _, c := range quoted[:min(n, 8)] {
			tail = tail<<8 | uint64(c)
		}
	}
	return (tail + uint64(len(quoted))) * 0x9E3779B97F4A7C15 >> (64 - nameSetBits)
}
