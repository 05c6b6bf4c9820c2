package reconcile

import (
	"bytes"
	"crypto/sha256"
	"iter"
	"slices"

	"github.com/google/uuid"

	"plumbline/internal/drift"
)

// Entry is what pass one found of one declaration: see reader.Entry.
type Entry struct {
	ID                uuid.UUID
	Digest, Alternate [32]byte
}

// Index is the set that a document declares, sorted by entity id. It costs 80 bytes
// an entity. The zero value is empty.
type Index struct{ entries []Entry }

// Add appends an entry, in any order.
func (x *Index) Add(e Entry) { x.entries = append(x.entries, e) }

// Seal sorts the index and takes out what is declared more than once; those ids are
// returned, sorted: both are reported, neither is applied.
func (x *Index) Seal() (repeated []uuid.UUID) {
	slices.SortFunc(x.entries, func(a, b Entry) int { return compareID(a.ID, b.ID) })
	kept := x.entries[:0]
	for i := 0; i < len(x.entries); {
		end := i + 1
		for end < len(x.entries) && x.entries[end].ID == x.entries[i].ID {
			end++
		}
		if end == i+1 {
			kept = append(kept, x.entries[i])
		} else {
			repeated = append(repeated, x.entries[i].ID)
		}
		i = end
	}
	x.entries = kept
	return repeated
}

// Content is a digest of all that a sealed index declares, under the alternate key if
// asked for.
func (x *Index) Content(alternate bool) [32]byte {
	sum := sha256.New()
	for _, e := range x.entries {
		digest := e.Digest
		if alternate {
			digest = e.Alternate
		}
		sum.Write(e.ID[:])
		sum.Write(digest[:])
	}
	return [32]byte(sum.Sum(nil))
}

// Len counts the entries.
func (x *Index) Len() int { return len(x.entries) }

// Has reports whether a sealed index declares the entity.
func (x *Index) Has(id uuid.UUID) bool {
	_, found := slices.BinarySearchFunc(x.entries, id, func(e Entry, id uuid.UUID) int { return compareID(e.ID, id) })
	return found
}

// Without removes ids from a sealed index.
func (x *Index) Without(drop func(uuid.UUID) bool) {
	x.entries = slices.DeleteFunc(x.entries, func(e Entry) bool { return drop(e.ID) })
}

// Look says how closely [Compare] looks.
type Look struct {
	Policy drift.Policy
	Prune  bool
	// Literal is of a source that compares literally.
	Literal bool
	// Full looks at every entity that is not current, though its declaration is the
	// same: after a change of settings, or an approval that came too late.
	Full bool
	// All looks at every entity that is declared.
	All bool
	// Rotating: the heads' digests were made under the alternate key.
	Rotating bool
	// Keep says of an entity that its declaration could not be used: it is neither
	// compared nor gone. May be nil.
	Keep func(uuid.UUID) bool
}

// Comparison is what differs between a document's index and the heads.
type Comparison struct {
	// Touched lists declared entities that are worth a case, sorted.
	Touched []uuid.UUID
	// Gone lists entities with a head that are no longer declared and are worth a
	// case, sorted.
	Gone []uuid.UUID
	// Unchanged counts declared entities that are not touched; Drifted those of them
	// that differ from what is recorded, as before.
	Unchanged, Drifted int
	// Known counts heads that were not missing, Vanishing those of them that are no
	// longer declared.
	Known, Vanishing int
}

// Compare joins a sealed index with the document's heads, which come sorted by
// entity id. An error of the heads is returned as it is.
func Compare(index *Index, heads iter.Seq2[drift.Head, error], look Look) (Comparison, error) {
	var c Comparison
	rest := index.entries
	for head, err := range heads {
		if err != nil {
			return Comparison{}, err
		}
		for len(rest) > 0 && compareID(rest[0].ID, head.EntityID) < 0 {
			c.Touched, rest = append(c.Touched, rest[0].ID), rest[1:]
		}
		if head.Status != drift.Missing {
			c.Known++
		}
		if len(rest) > 0 && rest[0].ID == head.EntityID {
			c.declared(rest[0], head, look)
			rest = rest[1:]
			continue
		}
		c.gone(head, look)
	}
	for _, e := range rest {
		c.Touched = append(c.Touched, e.ID)
	}
	return c, nil
}

func (c *Comparison) declared(e Entry, head drift.Head, look Look) {
	if look.touches(e, head) {
		c.Touched = append(c.Touched, e.ID)
		return
	}
	c.Unchanged++
	if head.Status == drift.Drifted {
		c.Drifted++
	}
}

func (look Look) touches(e Entry, head drift.Head) bool {
	known := e.Digest
	if look.Rotating {
		known = e.Alternate
	}
	known = DigestOf(known, look.Literal)
	switch {
	case look.All, head.Digest != known, head.Status == drift.Missing:
		return true
	case look.Rotating && e.Digest != e.Alternate:
		return true // to be stamped under the new key
	case look.Full && head.Status != drift.Current:
		return true
	}
	// Auto-update applies what waited under human-approval, and sees conflicts end.
	return look.Policy == drift.AutoUpdate && (head.Proposal != uuid.Nil || len(head.Rejected) > 0)
}

func (c *Comparison) gone(head drift.Head, look Look) {
	if look.Keep != nil && look.Keep(head.EntityID) {
		return
	}
	if head.Status != drift.Missing {
		c.Vanishing++
	}
	// A delete that waits for a person, or was turned down, is left to auto-update.
	waits := look.Policy != drift.AutoUpdate && (head.Proposal != uuid.Nil || len(head.Rejected) > 0)
	if head.Status != drift.Missing || look.Full || look.Prune && !waits {
		c.Gone = append(c.Gone, head.EntityID)
	}
}

func compareID(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }
