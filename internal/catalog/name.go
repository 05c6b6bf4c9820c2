package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CheckTypeName reports why a name cannot be that of an entity type or of another
// schema kind: ASCII letters, digits, "_" and "-" in parts joined by "."; at most
// [MaxTypeBytes]. So "aws_instance", "data.aws_ami" and "terraform.state" are names,
// and none needs an escape in a path or a sort key.
func CheckTypeName(name string) error {
	switch {
	case name == "":
		return errEmpty
	case len(name) > MaxTypeBytes:
		return tooLong(MaxTypeBytes)
	case strings.Trim(name, wordBytes+".") != "", slices.Contains(strings.Split(name, "."), ""):
		return errors.New(`must be letters, digits, "_" and "-" in parts joined by "."`)
	}
	return nil
}

// CheckEntityName reports why a name cannot be that of an entity: UTF-8 without
// control characters, at most [MaxNameBytes].
func CheckEntityName(name string) error { return checkText(name, MaxNameBytes) }

// ShortName is a name that is short enough for that of an entity: the name itself, or
// of one that is longer its beginning and, behind "…", a digest of the whole.
func ShortName(name string) string {
	if len(name) <= MaxNameBytes {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	end := "…" + hex.EncodeToString(sum[:16])
	cut := MaxNameBytes - len(end)
	for !utf8.RuneStart(name[cut]) {
		cut--
	}
	return name[:cut] + end
}

// CheckEnvironmentName reports why a name cannot be that of an environment: 1 to 31
// lower-case letters, digits and hyphens.
func CheckEnvironmentName(name string) error { return checkSlug(name) }

// CheckProjectName reports why a name cannot be that of a project; the same rule as
// for an environment.
func CheckProjectName(name string) error { return checkSlug(name) }

// CheckOrganisationName reports why a name cannot be that of an organisation: the
// same rule as for an environment, and it must not shadow a route, since it is the
// first part of a path.
func CheckOrganisationName(name string) error {
	if slices.Contains(reservedOrganisations, name) {
		return errors.New("is reserved: it would shadow a route")
	}
	return checkSlug(name)
}

// reservedOrganisations are first parts of paths that are, or may become, routes of
// Plumbline. Some fail the rule on letters as well; they stand here so that the
// reason given is the true one.
var reservedOrganisations = []string{
	".well-known", "admin", "api", "assets", "auth", "data-sources", "datasources", "docs", "favicon.ico", "health", "healthz",
	"inventory", "login", "logout", "metrics", "oauth", "openapi", "openapi.json", "openapi.yaml", "organisations",
	"organizations", "ping", "ready", "readyz", "robots.txt", "schemas", "static", "status", "sync", "token", "tokens",
	"v1", "v2", "v3", "version", "webhooks",
}

const maxSlugBytes = 31

func checkSlug(name string) error {
	if name == "" || len(name) > maxSlugBytes || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return fmt.Errorf("must be 1 to %d lower-case letters, digits and hyphens", maxSlugBytes)
	}
	return nil
}

// checkText reports a text that is empty, longer than that many bytes, not UTF-8 or
// not printable on one line.
func checkText(text string, longest int) error {
	switch {
	case text == "":
		return errEmpty
	case len(text) > longest:
		return tooLong(longest)
	case !utf8.ValidString(text):
		return errors.New("must be UTF-8")
	case strings.ContainsFunc(text, unicode.IsControl):
		return errors.New("must not hold control characters")
	}
	return nil
}

var errEmpty = errors.New("must not be empty")

func tooLong(longest int) error { return fmt.Errorf("must be at most %d bytes", longest) }
