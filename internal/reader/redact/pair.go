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
	mark := plainName
	if words := splitWords(name); len(words) > 0 {
		last := words[len(words)-1]
		if textNames[last] || len(words) > 1 && textNames[words[len(words)-2]+"_"+last] || textNames[strings.Join(words, "")] {
			return secretText
		}
		mark = markID(words)
	}
	var folded [len("parameter_value")]byte
	if len(name) > len(folded) {
		return mark
	}
	length := 0
	for _, c := range []byte(name) {
		if c != '_' && c != '-' {
			folded[length] = c | 0x20
			length++
		}
	}
	switch string(folded[:length]) {
	case "name":
		return pairName | topID
	case "key", "parametername", "parameterkey":
		return pairName
	case "value", "defaultvalue", "default", "stringvalue", "parametervalue":
		return pairValue
	case "type":
		return pairType
	case "kind":
		return kindName
	case "data", "stringdata", "binarydata":
		return kindData
	}
	return mark
}

// markID tells the names of what names things.
func markID(words []string) nameMark {
	switch words[len(words)-1] {
	case "id", "ids", "arn", "region", "location", "zone", "stage", "environment", "tenant", "namespace", "workspace", "bucket":
		return anyID
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

// pair is what an object's members say of its value, and that it is a Secret of
// Kubernetes, which says so of its data.
type pair struct {
	start          int
	secret, isKind bool
}

func newNature() nature {
	return nature{names: &nameCache{judge: markMember}, pairNames: &nameCache{judge: markPairName}}
}

// begin turns to another text.
func (n *nature) begin(raw []byte) { n.raw, n.pairs = raw, n.pairs[:0] }

// isSecret asks about the member with that mark that the path ends in; its value starts
// at the offset.
func (n *nature) isSecret(path catalog.Path, mark nameMark, offset int) bool {
	switch {
	case mark&secretMember != 0:
		return true
	case mark&secretText != 0:
		return n.raw[offset] == '"' && !isSetting(n.raw[offset+1:])
	case mark&pairValue != 0:
		return n.around(path).secret
	case mark&kindData != 0:
		return n.around(path).isKind
	}
	return false
}

// isSetting reports whether a quoted text without its opening quote is one word of
// capitals, which names a mode: AWS_IAM, NONE.
func isSetting(rest []byte) bool {
	for i, c := range rest {
		switch {
		case c == '"':
			return true
		case i > 40 || c != '_' && (c < 'A' || c > 'Z'):
			return false
		}
	}
	return false
}

// around is what the object says that the path ends in.
func (n *nature) around(path catalog.Path) pair {
	depth := len(path) - 1
	for len(n.pairs) <= depth {
		n.pairs = append(n.pairs, pair{start: -1})
	}
	known := &n.pairs[depth]
	if start := path[depth].Start; known.start != start {
		*known = n.look(start)
	}
	return *known
}

func (n *nature) look(start int) pair {
	found := pair{start: start}
	object := n.raw[start:]
	for name, span := range catalog.QuotedMembers(object) {
		value := span.Of(object)
		if len(value) == 0 || value[0] != '"' {
			continue
		}
		switch mark := n.names.mark(name); {
		case mark&pairName != 0:
			found.secret = found.secret || n.pairNames.mark(value) == secretMember
		case mark&kindName != 0:
			found.isKind = string(value) == `"Secret"`
		case mark&pairType != 0:
			// Source: CodeBuild, EnvironmentVariable.type.
			if string(value) == `"PARAMETER_STORE"` || string(value) == `"SECRETS_MANAGER"` {
				return pair{start: start}
			}
		}
	}
	return found
}
