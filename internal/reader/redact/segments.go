package redact

import "hash/maphash"

// segments are the texts that a document uses to name things: the parts of addresses,
// names, keys, types, ids and ARNs. What stands among them is common knowledge and
// cannot be hunted for. Kept are hashes of the texts, as many bytes for a long one as
// for a short one. The zero value is empty.
type segments struct {
	// whole are texts and what stands between the separators of a name or an id, words
	// their parts between "-" and "_" as well.
	whole, words hashSet
}

// maxSegmented is how long a text is taken apart, in bytes. A longer one names nothing
// by its parts.
const maxSegmented = 1 << 11

// add enters a text that names something, and its parts, without those excepted.
func (s *segments) add(text []byte, except map[string]struct{}) {
	s.enter(&s.whole, text, except)
	if len(text) <= maxSegmented {
		s.parts(text, &s.whole, except)
	}
}

// addWords enters a text whose parts are common where they are words, and ids.
func (s *segments) addWords(text []byte) {
	to := &s.words
	if isCloudID(string(text)) {
		to = &s.whole
	}
	s.enter(to, text, nil)
	if len(text) <= maxSegmented {
		s.parts(text, &s.words, nil)
	}
}

// parts enters what stands between separators; what stands between "-" and "_" as well
// is a word.
func (s *segments) parts(text []byte, to *hashSet, except map[string]struct{}) {
	start, word := 0, 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && !separates[text[i]] {
			continue
		}
		s.enter(&s.words, text[word:i], except)
		word = i + 1
		if i == len(text) || text[i] != '-' && text[i] != '_' {
			if i-start < len(text) && start < word-1 {
				s.enter(to, text[start:i], except)
			}
			start = i + 1
		}
	}
}

func (s *segments) enter(to *hashSet, text []byte, except map[string]struct{}) {
	if len(text) < MinSecretChars {
		return
	}
	if _, excepted := except[string(text)]; !excepted {
		to.add(maphash.Bytes(segmentSeed, text) | 1)
	}
}

// has reports whether the secret names something in the document. One that is hunted
// for must be the whole of a segment, for another a word in it is enough.
func (s *segments) has(secret string) bool {
	hash := hashOf(secret)
	return s.whole.has(hash) || !isHunted(secret) && s.words.has(hash)
}

// merge adds the segments of another.
func (s *segments) merge(other *segments) {
	s.whole.merge(&other.whole)
	s.words.merge(&other.words)
}

var segmentSeed = maphash.MakeSeed()

// hashOf is never 0, which an empty slot holds.
func hashOf(text string) uint64 { return maphash.String(segmentSeed, text) | 1 }

// separates tells the bytes at which a name or an id is taken apart.
var separates = func() (at [256]bool) {
	for _, c := range []byte("-_/:.[]()\"'`,;|=@ \t{}\\<>") {
		at[c] = true
	}
	return at
}()

// hashSet is a set of hashes in one slice of slots, half of them empty.
type hashSet struct {
	slots []uint64
	n     int
}

const fewestSlots = 1 << 10

func (h *hashSet) add(hash uint64) {
	if 2*h.n >= len(h.slots) {
		h.grow()
	}
	if at := h.find(hash); h.slots[at] == 0 {
		h.slots[at] = hash
		h.n++
	}
}

func (h *hashSet) has(hash uint64) bool { return h.n > 0 && h.slots[h.find(hash)] == hash }

// find gives the slot of a hash, or the empty one where it belongs.
func (h *hashSet) find(hash uint64) uint64 {
	mask := uint64(len(h.slots) - 1)
	at := hash >> 1 & mask
	for h.slots[at] != 0 && h.slots[at] != hash {
		at = (at + 1) & mask
	}
	return at
}

func (h *hashSet) grow() {
	old := h.slots
	h.slots, h.n = make([]uint64, max(fewestSlots, 2*len(old))), 0
	for _, hash := range old {
		if hash != 0 {
			h.add(hash)
		}
	}
}

func (h *hashSet) merge(other *hashSet) {
	for _, hash := range other.slots {
		if hash != 0 {
			h.add(hash)
		}
	}
}
