package redact

import (
	"strings"

	"plumbline/internal/catalog"
)

// A pair is an object that holds a name and a value side by side, whatever else it
// holds and in whichever order:
//
//	{"name": "DB_PASSWORD", "value": "..."}             ECS, Kubernetes, CodeBuild, parameter and setting blocks
//	{"name": "auth.password", "value": "..."}           Helm's set
//	{"Key": "api-token", "Value": "..."}                tags
//	{"ParameterKey": "...", "ParameterValue": "..."}    CloudFormation
//
// Where the name is secret by nature, so is the value. Members are known whatever
// their case, with or without "_" and "-". A value from elsewhere ("valueFrom") is a
// reference and stays, as does one whose sibling "type" says that it is one.

// markMember is the mark of a member by its own name.
func markMember(name string) nameMark {
	if IsSecretName(name) {
		return secretMember
	}
	var folded [len("parameter_value")]byte
	if len(name) > len(folded) {
		return plainName
	}
	length := 0
	for _, c := range []byte(name) {
		if c != '_' && c != '-' {
			folded[length] = c | 0x20
			length++
		}
	}
	switch string(folded[:length]) {
	case "name", "key", "parametername", "parameterkey":
		return pairName
	case "value", "defaultvalue", "default", "stringvalue", "parametervalue":
		return pairValue
	case "type":
		return pairType
	}
	return plainName
}

// markPairName is the mark of the text that a pair has for its name.
func markPairName(text string) nameMark {
	if isSecretPairName(text) {
		return secretMember
	}
	return plainName
}

// isSecretPairName reports whether the value beside a name of that text is secret.
// Of a dotted name or a path the last segment decides, or that it is one of a
// container's: "auth.password", "/prod/db/password", "secrets.stripe".
func isSecretPairName(text string) bool {
	segments := strings.FieldsFunc(text, func(r rune) bool { return r == '.' || r == '/' })
	if len(segments) == 0 {
		return false
	}
	last := segments[len(segments)-1]
	if IsSecretName(last) || pairNames[strings.Join(splitWords(last), "_")] {
		return true
	}
	if len(segments) == 1 || !secretContainers[strings.ToLower(segments[len(segments)-2])] {
		return false
	}
	words := splitWords(last)
	return len(words) > 0 && !harmlessEndings[words[len(words)-1]]
}

// nature tells what is secret by nature in one JSON text: by a member's own name, or
// by the name beside it. The caches are shared, the rest is the text's.
type nature struct {
	names, pairNames *nameCache

	raw []byte
	// pairs has at each depth what was found of the object met there last, so that
	// each object is looked through once.
	pairs []pair
}

type pair struct {
	start  int
	secret bool
}

func newNature() nature {
	return nature{names: &nameCache{judge: markMember}, pairNames: &nameCache{judge: markPairName}}
}

// begin turns to another text.
func (n *nature) begin(raw []byte) { n.raw, n.pairs = raw, n.pairs[:0] }

// isSecret asks about the member of that name that the path ends in.
func (n *nature) isSecret(path catalog.Path, name []byte) bool {
	mark := n.names.mark(name)
	return mark == secretMember || mark == pairValue && n.inSecretPair(path)
}

func (n *nature) inSecretPair(path catalog.Path) bool {
	depth := len(path) - 1
	for len(n.pairs) <= depth {
		n.pairs = append(n.pairs, pair{start: -1})
	}
	known := &n.pairs[depth]
	if start := path[depth].Start; known.start != start {
		*known = pair{start, n.isSecretPair(n.raw[start:])}
	}
	return known.secret
}

func (n *nature) isSecretPair(object []byte) bool {
	secret := false
	for name, span := range catalog.QuotedMembers(object) {
		value := span.Of(object)
		if len(value) == 0 || value[0] != '"' {
			continue
		}
		switch n.names.mark(name) {
		case pairName:
			secret = secret || n.pairNames.mark(value) == secretMember
		case pairType:
			// Source: CodeBuild, EnvironmentVariable.type.
			if string(value) == `"PARAMETER_STORE"` || string(value) == `"SECRETS_MANAGER"` {
				return false
			}
		}
	}
	return secret
}
