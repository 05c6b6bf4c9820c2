// Package auth turns a bearer token into a [Principal]: who calls, for which
// organisation, with which permissions.
//
// Its one invariant: nothing of a token is believed before its signature was checked
// by a key of the issuer whose type fits the algorithm, from a closed list. Neither
// an error nor a log ever holds a token or a part of one.
//
// Start at [Verifier.Verify]. [Signer] issues the tokens of the local stack.
//
// Tokens are read by golang-jwt/jwt/v5: with it a stripped binary grows by 0.35 MB
// and its initialisation by 0.15 ms, with lestrrat-go/jwx/v3 by 2.3 MB and 0.35 ms
// (amd64, over net/http and crypto). The set of keys is our own, keys.go and
// cache.go.
package auth

import (
	"errors"
	"slices"
	"strings"
)

// Permission is one thing that a principal may do.
type Permission string

const (
	CatalogRead  Permission = "catalog:read"
	CatalogWrite Permission = "catalog:write"
	DataRead     Permission = "data:read"
	DataWrite    Permission = "data:write"
	ApplyWrite   Permission = "apply:write"
	SecretsRead  Permission = "secrets:read"
	SecretsWrite Permission = "secrets:write"
	TokensManage Permission = "tokens:manage"
)

// Permissions lists every permission, in the order of the constants.
func Permissions() []Permission {
	return []Permission{
		CatalogRead, CatalogWrite, DataRead, DataWrite, ApplyWrite, SecretsRead, SecretsWrite, TokensManage,
	}
}

// ParsePermissions reads a list separated by commas or blanks, as a command line
// gives it; a name that is no permission is an error.
func ParsePermissions(list string) ([]Permission, error) {
	names := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
	permissions, unknown := known(names)
	if len(unknown) > 0 {
		return nil, errors.New("unknown permission " + strings.Join(unknown, ", "))
	}
	return permissions, nil
}

// known sorts names into permissions, in their order and once each, and others.
func known(names []string) (permissions []Permission, unknown []string) {
	for _, permission := range Permissions() {
		if slices.Contains(names, string(permission)) {
			permissions = append(permissions, permission)
		}
	}
	for _, name := range names {
		if !slices.Contains(Permissions(), Permission(name)) {
			unknown = append(unknown, name)
		}
	}
	return permissions, unknown
}

// Principal is who a verified token speaks for.
type Principal struct {
	// Subject names the caller within the issuer; "" where the token has none.
	Subject string
	// Organisation is the only one whose things the caller may touch; never "".
	Organisation string
	// Permissions are in the order of [Permissions], without repetition.
	Permissions []Permission
}

// May reports whether the principal has a permission.
func (p Principal) May(permission Permission) bool { return slices.Contains(p.Permissions, permission) }

var (
	// ErrUnauthenticated says that there is no token, or none that is valid. The
	// text behind it is for the log, never for the client.
	ErrUnauthenticated = errors.New("unauthenticated")
	// ErrUnavailable says that the issuer's keys cannot be had, so that no token
	// can be judged: the caller may try again.
	ErrUnavailable = errors.New("issuer's keys unavailable")
)
