package reader

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"

	"plumbline/internal/catalog"
)

// Digest is SHA-256 over all that a declaration holds: its type, name, state, labels,
// relationships and identity, whether it is a fact, and its properties, given as one
// canonical JSON object. Each part stands after its length, so that no two different
// declarations are one text. e.Properties is not looked at.
func Digest(e *catalog.Entity, properties []byte) [32]byte {
	buf := make([]byte, 0, 512)
	buf = appendParts(buf, e.Type, e.Name, e.State, e.Identity)
	buf = append(buf, 0)
	if e.Fact {
		buf[len(buf)-1] = 1
	}
	buf = binary.AppendUvarint(buf, uint64(len(e.Labels)))
	for _, name := range slices.Sorted(maps.Keys(e.Labels)) {
		buf = appendParts(buf, name, e.Labels[name])
	}
	buf = binary.AppendUvarint(buf, uint64(len(e.Relationships)))
	for _, r := range e.Relationships {
		buf = appendParts(buf, r.Type, r.To.Type, r.To.Name)
	}
	sum := sha256.New()
	sum.Write(buf)
	sum.Write(properties)
	var digest [32]byte
	sum.Sum(digest[:0])
	return digest
}

func appendParts(buf []byte, parts ...string) []byte {
	for _, part := range parts {
		buf = binary.AppendUvarint(buf, uint64(len(part)))
		buf = append(buf, part...)
	}
	return buf
}
