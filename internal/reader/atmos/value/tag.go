package value

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// functions are the tags that Atmos knows.
var functions = map[string]bool{
	"!append": true, "!aws.account_id": true, "!aws.caller_identity_arn": true,
	"!aws.caller_identity_user_id": true, "!aws.organization_id": true, "!aws.region": true,
	"!cel": true, "!cwd": true, "!emulator": true, "!env": true, "!exec": true,
	"!git.branch": true, "!git.ref": true, "!git.repository": true, "!git.root": true, "!git.sha": true,
	"!include": true, "!include.raw": true, "!labels": true, "!labels.keys": true, "!labels.values": true,
	"!literal": true, "!random": true, "!repo-root": true, "!secret": true, "!store": true,
	"!store.get": true, "!tags": true, "!template": true, "!terraform.output": true,
	"!terraform.state": true, "!unset": true, "!version": true,
}

// isFunction accepts every member of the namespaces `!aws.` and `!git.`: both stay
// expressions, whatever they name.
func isFunction(tag string) bool {
	return functions[tag] || strings.HasPrefix(tag, "!aws.") || strings.HasPrefix(tag, "!git.")
}

// Function gives the name of the function that a text calls, and what follows it without
// the white space around: "!template" of `!template [1]`, and of `!template[1]`, which a
// template may leave; "" where it calls none. `!template-x` is a name of its own.
func Function(text string) (name, argument string) {
	if !strings.HasPrefix(text, "!") {
		return "", ""
	}
	end := 1
	for end < len(text) && isNameByte(text[end]) {
		end++
	}
	return text[:end], strings.TrimSpace(text[end:])
}

func isNameByte(c byte) bool {
	return c == '.' || c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// ownTag is a tag of the text's own, "" for YAML's.
func ownTag(n *yaml.Node) string {
	if strings.HasPrefix(n.Tag, "!!") || !strings.HasPrefix(n.Tag, "!") || n.Tag == "!" {
		return ""
	}
	return n.Tag
}

func checkTag(n *yaml.Node) error {
	if tag := ownTag(n); tag != "" && !isFunction(tag) {
		return &Fault{n.Line, "a YAML tag that is neither YAML's nor Atmos's"}
	}
	return nil
}

func (d *decoder) scalar(n *yaml.Node) (any, error) {
	d.functions = d.functions || ownTag(n) != "" || strings.HasPrefix(n.Value, "!")
	switch tag := ownTag(n); {
	case tag == "":
		return d.untagged(n)
	case tag == "!literal" || tag == "!append":
		return n.Value, nil
	case tag == "!include" || tag == "!include.raw":
		d.includes = true
		return Include{Argument: strings.TrimSpace(n.Value), Raw: tag == "!include.raw", Line: n.Line}, nil
	case isFunction(tag):
		return strings.TrimSpace(tag + " " + strings.TrimSpace(n.Value)), nil
	}
	return nil, checkTag(n)
}

func (d *decoder) untagged(n *yaml.Node) (any, error) {
	switch n.ShortTag() {
	case "!!str":
		return n.Value, nil
	case "!!null":
		return nil, nil
	case "!!timestamp":
		d.times = true
		return Timestamp{n.Value}, nil
	}
	var v any
	if err := n.Decode(&v); err != nil {
		return nil, &Fault{n.Line, "a value that is not of its tag's type"}
	}
	return v, nil
}
