package redact

import (
	"bytes"
	"strings"
	"unicode"
)

// A pair of a name and a value in text that is no JSON:
//
//	DB_PASSWORD=x                  dotenv, scripts, arguments, connection strings
//	password = "x"                 ini, HCL, code
//	password: x                    YAML, headers
//	name = "TOKEN"                 blocks and lists, within a few lines
//	value = "x"
type line struct {
	name, value []byte
	// colon: it was written with ":". spaced: there is space around what joins them.
	// quoted: the value is.
	colon, spaced, quoted bool
	// open: the value is in the lines that follow.
	open, inline bool
	// inBraces: a brace opens before it in its line.
	inBraces bool
}

// lines is what one text has of pairs.
type lines struct {
	text *text
	// found are values under secret names; there is more where it is called secret:
	// that has to be parsed.
	found   [][]byte
	more    bool
	isKind  bool // of a Secret of Kubernetes
	nested  bool // a value may be text of a format itself
	several bool // lines

	// The last of a name and a value that may be a pair, and the numbers of their lines.
	secretName, value int
	valueText         []byte
	at                int
}

// maxPairLines is how far apart a name and its value may stand.
const maxPairLines = 3

// lookLines looks through text line by line, and as YAML where that may tell more.
func (t *text) lookLines(raw []byte) bool {
	l := lines{text: t, several: bytes.IndexByte(raw, '\n') >= 0, secretName: -maxPairLines - 1, value: -maxPairLines - 1}
	encoded := false
	for rest := raw; len(rest) > 0; l.at++ {
		var one []byte
		one, rest, _ = bytes.Cut(rest, []byte("\n"))
		encoded = l.line(one) || encoded
	}
	if l.several && (l.more || len(l.found) > 0 || l.isKind || l.nested) {
		if isYAML, found := t.lookYAML(raw); isYAML {
			return found || encoded
		}
	}
	for _, value := range l.found {
		t.redactor.learn(appendQuoted(nil, string(value)), t.within())
	}
	return len(l.found) > 0 || l.more || encoded
}

// line takes one line apart; it reports whether a value in base64 holds a secret.
func (l *lines) line(text []byte) (encoded bool) {
	if trimmed := bytes.TrimSpace(text); len(trimmed) == 0 || trimmed[0] == '}' || trimmed[0] == '-' && len(trimmed) > 1 && trimmed[1] == ' ' {
		l.secretName, l.value = l.at-maxPairLines-1, l.at-maxPairLines-1
	}
	// What is asked for each pair of a line is found once: a line may be a megabyte of them.
	text = bytes.TrimRight(text, " \t\r")
	brace, header := bytes.IndexByte(text, '{'), bytes.TrimLeft(text, `"' `)
	for i := 0; i < len(text); i++ {
		if text[i] != '=' && text[i] != ':' {
			continue
		}
		pair, next, ok := pairAt(text, i, brace, !l.several)
		i = max(i, next)
		if ok && (l.several || !pair.colon || isHeader(header, pair)) {
			l.pair(pair)
			l.nested = l.nested || pair.quoted && len(pair.value) > minTextBytes && (pair.value[0] == '{' || pair.value[0] == '[' || pair.value[0] == '<')
			encoded = encoded || mayBeBase64(pair.value) && l.text.lookBase64(pair.value)
		}
	}
	return encoded
}

// isHeader reports whether the whole of a text, without what it begins with in quotes, is a name, a colon and a word.
func isHeader(header []byte, p line) bool {
	return bytes.HasPrefix(header, p.name) && len(p.value) >= MinSecretChars && bytes.IndexByte(p.value, ' ') < 0
}

func (l *lines) pair(p line) {
	name := p.name
	if cut := bytes.LastIndexAny(name, "./"); cut >= 0 && cut+1 < len(name) {
		name = name[cut+1:]
	}
	mark := l.text.nature.names.mark(name)
	switch {
	case mark&(secretMember|secretText) != 0:
		l.secret(p, mark)
	case mark&pairName != 0 && !p.open && l.text.nature.pairNames.mark(p.value) == secretMember:
		l.secretName = l.at
		l.join()
	case mark&pairValue != 0 && isSecretValue(l.text, p):
		l.value, l.valueText = l.at, p.value
		l.join()
	case mark&kindName != 0:
		l.isKind = l.isKind || string(p.value) == "Secret"
	case mark&kindData != 0 && p.open:
		l.more = l.more || l.isKind
	}
}

func (l *lines) join() {
	if l.at-l.secretName <= maxPairLines && l.at-l.value <= maxPairLines {
		l.found = append(l.found, l.valueText)
	}
}

func (l *lines) secret(p line, mark nameMark) {
	switch {
	case p.open:
		l.more = l.more || p.colon && l.several && mark&secretMember != 0
	case mark&secretText != 0 && isSetting(append(bytes.Clone(p.value), '"')):
	case isSecretValue(l.text, p):
		l.found = append(l.found, p.value)
	}
}

// isSecretValue reports whether a value under a secret name is one: neither plain, nor
// put in later, nor an expression of a program.
func isSecretValue(t *text, p line) bool {
	if isPlaceholder(p.value) || isPunctuation(p.value) || p.colon && !p.quoted && bytes.IndexByte(p.value, ' ') >= 0 {
		return false
	}
	if !p.quoted && (isNumber(p.value) || isExpression(string(p.value), p.colon || p.spaced)) {
		return false
	}
	return !t.redactor.references.arePlain(appendQuoted(nil, string(p.value)))
}

// isPunctuation reports whether a text has no letter and no digit: a pattern, a separator.
func isPunctuation(text []byte) bool {
	return bytes.IndexFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) < 0
}

func isNumber(text []byte) bool { return len(bytes.Trim(text, "0123456789.")) == 0 }

// typeNames are what a declaration says of a value: "token: string".
var typeNames = set(`string str text number int integer bool boolean any object null none nil undefined required optional
	sensitive secret bytes byte uuid`)

// isExpression reports whether a value is code: a variable, a member, a call. In loose
// text, with space around, digits may stand in it.
func isExpression(value string, loose bool) bool {
	value = strings.TrimRight(value, ";,)")
	if typeNames[strings.ToLower(value)] || strings.HasPrefix(value, "?") || strings.HasPrefix(value, "new ") || strings.HasPrefix(value, "await ") {
		return true
	}
	end, dots, digits := 0, 0, false
	for ; end < len(value); end++ {
		switch c := value[end]; {
		case c == '.':
			dots++
		case c >= '0' && c <= '9':
			digits = true
		case c != '_' && c != '$' && c != ':' && (c|0x20 < 'a' || c|0x20 > 'z'):
			return c == '(' || c == '['
		}
	}
	return dots > 0 && (loose || !digits) && value[len(value)-1] != '.' || !digits && IsSecretName(value)
}
