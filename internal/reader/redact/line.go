package redact

import "bytes"

// nameChars are those of a name, in any of the formats.
var nameChars = charsetOf("azAZ09__--..//$$")

// pairAt reads the pair that a "=" or ":" joins in a line; next is the offset of its
// last byte. Inline, the line is the whole text, and a value one word.
func pairAt(text []byte, at, brace int, inline bool) (p line, next int, ok bool) {
	after := at + 1
	p.inline, p.inBraces = inline, brace >= 0 && brace < at
	p.colon = text[at] == ':'
	if after < len(text) && (text[after] == '=' || text[after] == '>') { // := == =>
		if text[at] == '=' && text[after] == '=' {
			return p, after, false
		}
		p.colon = false
		after++
	}
	end := at
	for end > 0 && (text[end-1] == ' ' || text[end-1] == '\t') {
		end--
		p.spaced = true
	}
	for end > 0 && (text[end-1] == '"' || text[end-1] == '\'' || text[end-1] == '\\' || text[end-1] == '?') {
		end--
	}
	start := end
	for start > 0 && nameChars[text[start-1]] {
		start--
	}
	p.name = bytes.TrimLeft(text[start:end], "-.$/")
	switch {
	case len(p.name) == 0:
		return p, at, false
	case p.colon && (!spaceAt(text, after) || !begins(text[:start])):
		return p, at, false
	}
	next = p.readValue(text, after)
	return p, next, true
}

// spaceAt reports whether a value may begin: after a colon there is space, a quote or
// the line's end.
func spaceAt(text []byte, at int) bool {
	return at >= len(text) || text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '"' || text[at] == '\'' || text[at] == '\\'
}

// begins reports whether a name may begin after that part of a line.
func begins(before []byte) bool {
	before = bytes.TrimRight(before, " \t\"'\\")
	if len(before) == 0 {
		return true
	}
	switch before[len(before)-1] {
	case '{', ',', '-', '(', '|', '&', '#':
		return true
	}
	return false
}

// readValue reads what follows, and gives the offset of its last byte.
func (p *line) readValue(text []byte, at int) int {
	for at < len(text) && (text[at] == ' ' || text[at] == '\t' || text[at] == '\\') {
		p.spaced = p.spaced || text[at] == ' '
		at++
	}
	rest := text[at:]
	if len(rest) == 0 || opensBlock(rest) {
		p.open = true
		return at - 1
	}
	if rest[0] == '{' && !isTemplate(rest) || rest[0] == '[' {
		p.open = true // what is in it is read next
		return at
	}
	if quote := rest[0]; quote == '"' || quote == '\'' || quote == '`' {
		p.quoted = quote != '`'
		end := bytes.IndexByte(rest[1:], quote)
		if end < 0 {
			p.value = rest[1:]
			return at + len(rest) - 1
		}
		p.value = bytes.TrimRight(rest[1:1+end], `\`)
		if quote == '`' {
			p.value = rest[:2+end]
		}
		return at + end + 1
	}
	end := len(rest)
	if !p.colon && (!p.spaced || p.inline) {
		if cut := bytes.IndexAny(rest, " \t;&,\"'`|<>"); cut >= 0 && rest[0] != '<' && !isTemplate(rest) {
			end = cut
		}
	} else if cut := bytes.IndexAny(rest, ",}"); cut >= 0 && p.inBraces {
		end = cut
	} else if cut := bytes.Index(rest, []byte(" #")); cut > 0 {
		end = cut
	}
	p.value = bytes.TrimRight(rest[:end], " ,;")
	return at + end - 1
}

// Longest texts that say how a block is to be read, and that name one.
const (
	maxIndicator = 32
	maxAnchor    = 256
)

// opensBlock reports whether what stands for a value only says that it follows.
func opensBlock(rest []byte) bool {
	switch rest[0] {
	case '|', '>': // block scalars of YAML
		return len(rest) <= maxIndicator && len(bytes.Trim(rest[1:], "+-0123456789 ")) == 0
	case '&': // an anchor
		return len(rest) <= maxAnchor && bytes.IndexByte(rest, ' ') < 0
	case '(':
		return len(rest) == 1
	}
	return bytes.HasPrefix(rest, []byte("<<"))
}
