package reconcile

import (
	"encoding/json"

	"plumbline/internal/catalog"
)

// exposes reports whether the plain value shows what the other one keeps secret: at
// some place the one holds a plain value and the other a secret. Lists of different
// lengths are held against each other member by member, since nothing says which
// member became which: rather one secret too many than one too few.
func exposes(plain, secret catalog.Value) bool {
	if plain == nil || !catalog.HasSecret(secret) {
		return false
	}
	var a, b any
	if json.Unmarshal(plain, &a) != nil || json.Unmarshal(secret, &b) != nil {
		return true // not canonical: show nothing
	}
	return exposesIn(a, b)
}

func exposesIn(plain, secret any) bool {
	if isSecret(secret) {
		return holdsPlain(plain)
	}
	switch secret := secret.(type) {
	case map[string]any:
		if plain, ok := plain.(map[string]any); ok && !isSecret(plain) {
			for name, member := range secret {
				if at, found := plain[name]; found && exposesIn(at, member) {
					return true
				}
			}
			return false
		}
	case []any:
		if plain, ok := plain.([]any); ok {
			return exposesList(plain, secret)
		}
	}
	return holdsSecret(secret) && holdsPlain(plain)
}

func exposesList(plain, secret []any) bool {
	aligned := len(plain) == len(secret)
	for j, member := range secret {
		if !holdsSecret(member) {
			continue
		}
		for i, at := range plain {
			if (i == j || !aligned) && exposesIn(at, member) {
				return true
			}
		}
	}
	return false
}

func isSecret(v any) bool {
	object, ok := v.(map[string]any)
	_, found := object[catalog.SecretMember]
	return ok && found
}

// holdsSecret reports whether any part of the value is secret.
func holdsSecret(v any) bool {
	return isSecret(v) || anyMember(v, holdsSecret)
}

// holdsPlain reports whether any text, number or boolean of the value is not secret. An
// empty text tells nothing.
func holdsPlain(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return !isSecret(v) && anyMember(v, holdsPlain)
	}
	return v != nil && v != ""
}

func anyMember(v any, holds func(any) bool) bool {
	switch v := v.(type) {
	case map[string]any:
		for _, member := range v {
			if holds(member) {
				return true
			}
		}
	case []any:
		for _, member := range v {
			if holds(member) {
				return true
			}
		}
	}
	return false
}
