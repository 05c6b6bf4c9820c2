package redact

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"
)

// MinSecretChars is how long a string must be, in characters, to be looked for in
// other places: a shorter one stands everywhere by chance.
const MinSecretChars = 8

const (
	windowBytes = 8
	// maxPatternBytes bounds what one comparison costs. A string that agrees with a
	// longer secret in so many bytes holds most of it and is taken for it.
	maxPatternBytes = 256
)

// Finder finds any of many secrets in a text, in one pass over it: the eight bytes at
// each offset are looked up in a bit set, and only where their bit is set are the
// secrets compared that begin with them. Immutable, safe for concurrent use.
type Finder struct {
	bitmap []uint64
	shift  uint
	// byWindow holds the patterns that begin with a window. They are sorted and none
	// is the beginning of another, so only the last one that is not above the text
	// can be the text's beginning.
	byWindow map[uint64][]string
}

// NewFinder makes a finder of secrets, each in the forms of [forms]. Secrets of less
// than [MinSecretChars] characters are left out.
func NewFinder(secrets []string) *Finder {
	var patterns []string
	for _, secret := range secrets {
		if utf8.RuneCountInString(secret) >= MinSecretChars {
			patterns = append(patterns, forms(secret)...)
		}
	}
	slices.Sort(patterns)
	f := &Finder{byWindow: make(map[uint64][]string, len(patterns))}
	f.sizeBitmap(len(patterns))
	last := ""
	for _, pattern := range patterns {
		pattern = pattern[:min(len(pattern), maxPatternBytes)]
		if len(pattern) < windowBytes || last != "" && strings.HasPrefix(pattern, last) {
			continue
		}
		last = pattern
		window := binary.LittleEndian.Uint64([]byte(pattern))
		f.byWindow[window] = append(f.byWindow[window], pattern)
		slot := f.slot(window)
		f.bitmap[slot/64] |= 1 << (slot % 64)
	}
	return f
}

// sizeBitmap gives each pattern at least 64 bits, so that one window in 64 or fewer
// is compared in vain.
func (f *Finder) sizeBitmap(patterns int) {
	const least, most = 13, 24 // 1 KB, 2 MB
	size := min(max(bits.Len(uint(patterns))+6, least), most)
	f.shift = uint(64 - size)
	f.bitmap = make([]uint64, 1<<size/64)
}

func (f *Finder) slot(window uint64) uint64 {
	return window * 0x9E3779B97F4A7C15 >> f.shift
}

// Empty reports whether there is nothing to find.
func (f *Finder) Empty() bool { return f == nil || len(f.byWindow) == 0 }

// In reports whether a secret stands anywhere in the text.
func (f *Finder) In(text []byte) bool { return f.Find(text) >= 0 }

// Find gives the offset of the first secret in the text, -1 where there is none.
func (f *Finder) Find(text []byte) int {
	if f.Empty() {
		return -1
	}
	for i := 0; i+windowBytes <= len(text); i++ {
		window := binary.LittleEndian.Uint64(text[i:])
		slot := f.slot(window)
		if f.bitmap[slot/64]&(1<<(slot%64)) != 0 && f.startsWith(window, text[i:]) {
			return i
		}
	}
	return -1
}

// startsWith reports whether the text, which begins with the window, begins with a
// secret.
func (f *Finder) startsWith(window uint64, text []byte) bool {
	candidates := f.byWindow[window]
	if len(candidates) == 0 {
		return false
	}
	head := string(text[:min(len(text), maxPatternBytes)])
	n, found := slices.BinarySearch(candidates, head)
	return found || n > 0 && strings.HasPrefix(head, candidates[n-1])
}
