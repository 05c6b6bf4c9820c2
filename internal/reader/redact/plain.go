package redact

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/catalog"
)

// IsPlainUnderSecretName reports whether a JSON value tells nothing even under a
// secret name: true and false (also as text, as flat maps hold them), numbers, the
// empty text, list and object, no value at all, and what only says where a secret is
// kept (see [references.in]).
func IsPlainUnderSecretName(v []byte) bool { return references{}.arePlain(v) }

// references tells what only refers to secrets; also knows the forms of one kind of
// document, nil for none.
type references struct{ also func(text string) bool }

func (r references) arePlain(v []byte) bool {
	switch string(v) {
	case "", `""`, "[]", "{}", "true", "false", `"true"`, `"false"`, "null",
		`"string"`, `"number"`, `"bool"`, // a type, in what describes values
		`"seconds"`, `"minutes"`, `"hours"`, `"days"`:
		return true
	}
	return v[0] == '-' || v[0] >= '0' && v[0] <= '9' || r.in(v)
}

// in reports whether a value only refers to secrets: a text that does, a list
// of such values, an object that has one and beside it only names and plain values,
// such as an element of an ECS container's "secrets".
func (r references) in(v catalog.Value) bool {
	switch v.Kind() {
	case jsontext.KindString:
		text, _ := catalog.Text(v)
		return refersToSecret(text) || r.also != nil && r.also(text)
	case jsontext.KindBeginArray:
		count := 0
		for _, span := range catalog.Elements(v) {
			if !r.in(span.Of(v)) {
				return false
			}
			count++
		}
		return count > 0
	case jsontext.KindBeginObject:
		return r.inObject(v)
	}
	return false
}

func (r references) inObject(v catalog.Value) bool {
	found := false
	for name, span := range catalog.Members(v) {
		value := span.Of(v)
		switch {
		case strings.HasPrefix(name, "$"):
			return false // may be the mark of a secret
		case (name == "valueFrom" || name == "value_from") && value.Kind() == jsontext.KindString, r.in(value):
			found = true
		case (name == "secretName" || name == "secret_name") && value.Kind() == jsontext.KindString: // a volume of Kubernetes
			found = true
		case name != "name" && name != "default_mode" && !r.arePlain(value):
			return false
		}
	}
	return found
}

// isPublicKey tells the keys that everybody may know. Source: OpenSSH, authorized_keys.
func isPublicKey(text string) bool {
	for _, begins := range []string{"ssh-rsa ", "ssh-ed25519 ", "ssh-dss ", "ecdsa-sha2-", "sk-ssh-ed25519@", "sk-ecdsa-sha2-", "-----BEGIN PUBLIC KEY", "-----BEGIN CERTIFICATE"} {
		if strings.HasPrefix(text, begins) {
			return !strings.Contains(text, "PRIVATE")
		}
	}
	return false
}

// refersToSecret reports whether a text is a public key, the whole of an ARN, a dynamic
// reference of CloudFormation or a Key Vault reference of Azure's app settings.
func refersToSecret(text string) bool {
	switch {
	case isPublicKey(text):
		return true
	case strings.HasPrefix(text, "arn:"):
		return strings.Count(text, ":") >= 5 && !strings.ContainsAny(text, " \"{}\n")
	case strings.HasPrefix(text, "{{resolve:"):
		return strings.Index(text, "}}") == len(text)-2
	case strings.HasPrefix(text, "@Microsoft.KeyVault("):
		return strings.IndexByte(text, ')') == len(text)-1
	}
	return false
}
