package redact

import "bytes"

// urlPassword finds a password, or a token in its place, in the address of a URL:
//
//	postgres://user:password@host/db     https://token@host/path
//
// One that is put in later ("${PASSWORD}", "<password>", "***") is none, and a user
// alone ("ssh://git@host") is no secret.
func urlPassword(text []byte) (password string, found bool) {
	for rest := text; ; {
		at := bytes.Index(rest, []byte("://"))
		if at < 0 {
			return "", false
		}
		rest = rest[at+len("://"):]
		user, isUser := userInfo(rest)
		if !isUser {
			continue
		}
		name, password, hasPassword := bytes.Cut(user, []byte(":"))
		if !hasPassword && len(name) >= minHuntedChars && isHunted(string(name)) {
			password = name
		}
		if len(password) > 0 && !isPlaceholder(password) {
			return string(password), true
		}
	}
}

// userInfo is what stands before the "@" of an address.
func userInfo(address []byte) ([]byte, bool) {
	last := -1
	for i, c := range address {
		switch c {
		case '@':
			last = i
		case '/', '?', '#', ' ', '"', '\'', '`', '>', ',', ';', '\\', '\n', '\t', '\r':
			// a password may hold some of these, but then the address says no more
			return address[:max(last, 0)], last > 0
		}
		if i > maxUserInfo {
			break
		}
	}
	return address[:max(last, 0)], last > 0
}

const maxUserInfo = 512

// isPlaceholder reports whether a text stands for a value that is put in later, or was
// taken out: a reference to a variable, a template, stars.
func isPlaceholder(text []byte) bool {
	text = bytes.Trim(text, ` "'`)
	if len(text) == 0 || isMasked(text) || bytes.HasPrefix(text, []byte("...")) {
		return true
	}
	rest, last := text[1:], text[len(text)-1]
	switch text[0] {
	case '$': // $VAR
		return isTemplate(text) || len(rest) > 0 && run(rest, words) == len(rest)
	case '`':
		return true
	case '<': // <password>
		return last == '>'
	case '{':
		return isTemplate(text)
	case '%': // %s, %{var}, %VAR%
		return len(rest) < 2 || rest[0] == '{' || rest[0] == '(' || last == '%'
	case '!': // !Ref Password
		return run(rest, words) >= 3 && bytes.IndexByte(rest, ' ') > 0
	}
	return false
}

// isMasked reports whether a text is made of stars or x alone.
func isMasked(text []byte) bool {
	return len(bytes.Trim(text, "*")) == 0 || len(text) > 2 && len(bytes.Trim(text, "xX")) == 0
}

// isTemplate reports whether a text begins with what is replaced before it is used:
// ${var}, $(command), {{ .password }}, {% password %}, $context.x of API Gateway.
func isTemplate(text []byte) bool {
	for _, begins := range []string{"${", "$(", "{{", "{%", "$context.", "$input.", "$util.", "$stageVariables."} {
		if bytes.HasPrefix(text, []byte(begins)) {
			return true
		}
	}
	return false
}
