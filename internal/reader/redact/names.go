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
// A boolean, a number, an empty value and a reference under such a name is none (see
// [IsPlainUnderSecretName]).
func IsSecretName(name string) bool {
	name = withoutHost(name)
	if strings.HasPrefix(name, "aws:") { // of a policy's condition
		return false
	}
	words := splitWords(name)
	if len(words) == 0 || harmlessNames[strings.Join(words, "_")] || isPath(name) {
		return false
	}
	last := words[len(words)-1]
	if len(words) > 1 && secretEndings[words[len(words)-2]+"_"+last] {
		return true
	}
	if harmlessEndings[last] {
		return false
	}
	return areSecretWords(words) || hasCapital(name) && areSecretWords(splitWords(strings.ToLower(name)))
}

// hasCapital reports whether a name may have been taken apart at a capital that starts
// no word: "PassWord".
func hasCapital(name string) bool { return strings.ToLower(name) != name }

func areSecretWords(words []string) bool {
	switch words[len(words)-1] {
	case "pass", "pw":
		return true
	}
	for i, word := range words {
		if isSecretWord(word) {
			return true
		}
		if i > 0 && secretPairs[words[i-1]+"_"+word] {
			return true
		}
	}
	return false
}

// isSecretWord reports whether a word makes every name secret that it stands in.
func isSecretWord(word string) bool {
	if secretWords[word] || joinedPairs[word] {
		return true
	}
	for _, suffix := range secretSuffixes {
		if strings.HasSuffix(word, suffix) {
			return true
		}
	}
	return false
}

// isPath reports whether a name says that its value is a path to what it names
// ("TaskToken.$", in the Amazon States Language).
func isPath(name string) bool { return strings.HasSuffix(name, ".$") }

// withoutHost cuts the host that a condition key of a policy begins with, which says
// who issued a claim: "token.actions.githubusercontent.com:aud".
func withoutHost(name string) string {
	if colon := strings.LastIndexByte(name, ':'); strings.Count(name[:max(colon, 0)], ".") > 1 {
		return name[colon+1:]
	}
	return name
}

// splitWords gives the words of a name in lower case, in the singular and without a
// number at their end: at each character that is neither letter nor digit, and where a
// capital follows a small letter or starts a word after an acronym ("APIToken").
func splitWords(name string) []string {
	var words []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			words = append(words, singular(unnumbered(strings.ToLower(string(word)))))
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

// unnumbered cuts the number off a word that has one at its end: "password2".
func unnumbered(word string) string {
	if cut := strings.TrimRight(word, "0123456789"); cut != "" {
		return cut
	}
	return word
}

// singular cuts a plural's s; "access", "alias" and "status" have none.
func singular(word string) string {
	if len(word) > 3 && strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss") && !strings.HasSuffix(word, "as") && !strings.HasSuffix(word, "us") {
		return word[:len(word)-1]
	}
	return word
}
