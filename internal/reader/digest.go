package reader

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"plumbline/internal/catalog"
)

// Digest is SHA-256 over all that a declaration holds: its type, name, state, labels,
// relationships and identity, whether it is a fact, and its properties, given as one
// canonical JSON object. Each part stands after its length, so that no two different
// declarations are one text; of the properties their own SHA-256. e.Properties is not
// looked at.
func Digest(e *catalog.Entity, properties []byte) [32]byte {
	buf := make([]byte, 0, 1024)
	i := e.Identity
	buf = appendParts(buf, e.Type, e.Name, e.State, i.Kind, i.Resource, i.ARN, i.ID, i.Account, i.Region, i.Given)
	buf = append(buf, 0)
	if e.Fact {
		buf[len(buf)-1] = 1
	}
	buf = binary.AppendUvarint(buf, uint64(len(e.Labels)))
	names := make([]string, 0, 8)
	for name := range e.Labels {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		buf = appendParts(buf, name, e.Labels[name])
	}
	buf = binary.AppendUvarint(buf, uint64(len(e.Relationships)))
	for _, r := range e.Relationships {
		buf = appendParts(buf, r.Type, r.To.Type, r.To.Name)
	}
	inner := sha256.Sum256(properties)
	return sha256.Sum256(append(buf, inner[:]...))
}

func appendParts(buf []byte, parts ...string) []byte {
	for _, part := range parts {
		buf = binary.AppendUvarint(buf, uint64(len(part)))
		buf = append(buf, part...)
	}
	return buf
}
