package auth

import (
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// principal reads the claims of a token that has been verified: the organisation
// from the configured claim, permissions from `permissions` (an array of strings) or,
// where that is missing, from `scope` (separated by blanks; RFC 8693, 4.2). Names
// that are no permission are passed over, since a scope holds others too.
func (v *Verifier) principal(claims jwt.MapClaims) (Principal, error) {
	organisation, _ := claims[v.organisation].(string)
	if organisation == "" {
		return Principal{}, refused("the claim " + v.organisation + " names no organisation")
	}
	names, err := grants(claims)
	if err != nil {
		return Principal{}, err
	}
	permissions, _ := known(names)
	subject, err := claims.GetSubject()
	if err != nil {
		return Principal{}, refused("sub is not a string")
	}
	return Principal{Subject: subject, Organisation: organisation, Permissions: permissions}, nil
}

func grants(claims jwt.MapClaims) ([]string, error) {
	switch given := claims["permissions"].(type) {
	case nil:
		scope, ok := claims["scope"].(string)
		if _, there := claims["scope"]; there && !ok {
			return nil, refused("scope is not a string")
		}
		return strings.Fields(scope), nil
	case []any:
		names := make([]string, len(given))
		for i := range given {
			name, ok := given[i].(string)
			if !ok {
				return nil, refused("permissions is not an array of strings")
			}
			names[i] = name
		}
		return names, nil
	}
	return nil, refused("permissions is not an array of strings")
}
