package redact

import (
	"strings"
	"unicode"
)

// IsSecretName reports whether a property, attribute or variable of that name holds a
// secret by nature: "db_password", "clientSecret", "SLACK-API-TOKEN", but not
// "password_policy", "secret_arn" or "token_ttl". Names are compared word by word,
// whatever joins the words and whatever their case.
//
// A boolean, a number and an empty value under such a name is none (see
// [IsPlainUnderSecretName]).
func IsSecretName(name string) bool {
	words := splitWords(name)
	if len(words) == 0 || harmlessNames[strings.Join(words, "_")] {
		return false
	}
	last := words[len(words)-1]
	if harmlessEndings[last] {
		return false
	}
	if last == "pass" || last == "pw" {
		return true
	}
	for i, word := range words {
		if secretWords[word] {
			return true
		}
		if i > 0 && secretPairs[words[i-1]+"_"+word] {
			return true
		}
	}
	return false
}

// IsPlainUnderSecretName reports whether a canonical value tells nothing even under a
// secret name: true and false (also as text, as flat maps hold them), numbers, the
// empty text, list and object, and no value at all.
func IsPlainUnderSecretName(canonical []byte) bool {
	switch string(canonical) {
	case "", `""`, "[]", "{}", "true", "false", `"true"`, `"false"`, "null":
		return true
	}
	c := canonical[0]
	return c == '-' || c >= '0' && c <= '9'
}

// splitWords gives the words of a name in lower case and in the singular: at each
// character that is neither letter nor digit, and where a capital follows a small
// letter or starts a word after an acronym ("APIToken").
func splitWords(name string) []string {
	var words []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			words = append(words, singular(strings.ToLower(string(word))))
			word = word[:0]
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			flush()
			continue
		}
		if unicode.IsUpper(r) && i > 0 {
			afterSmall := unicode.IsLower(runes[i-1]) || unicode.IsDigit(runes[i-1])
			startsWord := i+1 < len(runes) && unicode.IsLower(runes[i+1]) && !isPluralOfAcronym(runes[i+1:])
			if afterSmall || startsWord {
				flush()
			}
		}
		word = append(word, r)
	}
	flush()
	return words
}

// isPluralOfAcronym tells the "s" of "APIs" from the start of a word.
func isPluralOfAcronym(rest []rune) bool {
	return rest[0] == 's' && (len(rest) == 1 || !unicode.IsLower(rest[1]))
}

// singular cuts a plural's s; "pass", "access" and "alias" have none.
func singular(word string) string {
	if len(word) > 3 && strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss") && !strings.HasSuffix(word, "as") {
		return word[:len(word)-1]
	}
	return word
}
