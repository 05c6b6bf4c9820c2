package redact

import (
	"unicode"
	"unicode/utf8"
)

// How much a secret must have to be nobody's ordinary word: so many characters of so
// many classes (small letters, capitals, digits, everything else). The shorter form
// does not count what joins words.
const (
	minHuntedChars, minHuntedClasses = 12, 2
	minDenseChars, minDenseClasses   = 10, 3
)

// isHunted reports whether a secret is looked for inside longer strings. Any other is
// recognised only where it is the whole of one.
func isHunted(secret string) bool {
	chars := utf8.RuneCountInString(secret)
	if chars < minDenseChars {
		return false
	}
	var classes, dense [4]bool
	for _, r := range secret {
		class := classOf(r)
		classes[class] = true
		dense[class] = dense[class] || class != otherRune || !joinsWords(r)
	}
	return chars >= minHuntedChars && count(classes) >= minHuntedClasses || count(dense) >= minDenseClasses
}

const (
	smallRune = iota
	capitalRune
	digitRune
	otherRune
)

func classOf(r rune) int {
	switch {
	case r >= '0' && r <= '9':
		return digitRune
	case unicode.IsUpper(r):
		return capitalRune
	case unicode.IsLetter(r):
		return smallRune
	}
	return otherRune
}

func joinsWords(r rune) bool {
	switch r {
	case '-', '_', '.', '/', ':', ' ':
		return true
	}
	return false
}

func count(classes [4]bool) (n int) {
	for _, has := range classes {
		if has {
			n++
		}
	}
	return n
}
