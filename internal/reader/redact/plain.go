package redact

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/catalog"
)

// IsPlainUnderSecretName reports whether a JSON value tells nothing even under a
// secret name: true and false (also as text, as flat maps hold them), numbers, the
// empty text, list and object, no value at all, and what only says where a secret is
// kept (see [isReference]).
func IsPlainUnderSecretName(v []byte) bool {
	switch string(v) {
	case "", `""`, "[]", "{}", "true", "false", `"true"`, `"false"`, "null":
		return true
	}
	return v[0] == '-' || v[0] >= '0' && v[0] <= '9' || isReference(v)
}

// isReference reports whether a value only refers to secrets: a text that does, a list
// of such values, an object that has one and beside it only names and plain values,
// such as an element of an ECS container's "secrets".
func isReference(v catalog.Value) bool {
	switch v.Kind() {
	case jsontext.KindString:
		text, _ := catalog.Text(v)
		return refersToSecret(text)
	case jsontext.KindBeginArray:
		count := 0
		for _, span := range catalog.Elements(v) {
			if !isReference(span.Of(v)) {
				return false
			}
			count++
		}
		return count > 0
	case jsontext.KindBeginObject:
		return isReferenceObject(v)
	}
	return false
}

func isReferenceObject(v catalog.Value) bool {
	found := false
	for name, span := range catalog.Members(v) {
		value := span.Of(v)
		switch {
		case strings.HasPrefix(name, "$"):
			return false // may be the mark of a secret
		case (name == "valueFrom" || name == "value_from") && value.Kind() == jsontext.KindString, isReference(value):
			found = true
		case name != "name" && !IsPlainUnderSecretName(value):
			return false
		}
	}
	return found
}

// refersToSecret reports whether a text is the whole of an ARN, a dynamic reference of
// CloudFormation or a Key Vault reference of Azure's app settings.
func refersToSecret(text string) bool {
	switch {
	case strings.HasPrefix(text, "arn:"):
		return strings.Count(text, ":") >= 5 && !strings.ContainsAny(text, " \"{}\n")
	case strings.HasPrefix(text, "{{resolve:"):
		return strings.Index(text, "}}") == len(text)-2
	case strings.HasPrefix(text, "@Microsoft.KeyVault("):
		return strings.IndexByte(text, ')') == len(text)-1
	}
	return false
}
