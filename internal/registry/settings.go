package registry

import (
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/place"
	"plumbline/internal/reader/redact"
)

// Changes are the settings that a caller may leave out: nil leaves one as it is.
type Changes struct {
	Policy *drift.Policy
	Scope  *string
	// WorkspaceKeyPrefix is for [drift.KindTFState] alone.
	WorkspaceKeyPrefix *string
	Prune              *bool
	Literal            *bool
	Schedule           *string
	Atmos              AtmosChanges
}

// apply gives the settings after the changes.
func (c Changes) apply(s drift.Settings) drift.Settings {
	if c.Policy != nil {
		s.Policy = *c.Policy
	}
	if c.Scope != nil {
		s.Scope = *c.Scope
	}
	if c.WorkspaceKeyPrefix != nil {
		s.WorkspaceKeyPrefix = *c.WorkspaceKeyPrefix
	}
	if c.Prune != nil {
		s.Prune = *c.Prune
	}
	if c.Literal != nil {
		s.Literal = *c.Literal
	}
	if c.Schedule != nil {
		s.Schedule = *c.Schedule
	}
	s.Atmos = c.Atmos.apply(s.Atmos)
	return s
}

// check reports every change that cannot be, by its name in the API.
func (c Changes) check() catalog.Problems {
	var problems catalog.Problems
	note := func(field string, err error) {
		if err != nil {
			problems = append(problems, catalog.Problem{Field: field, Reason: err.Error()})
		}
	}
	if c.Policy != nil {
		note("reconciliationPolicy", c.Policy.Validate())
	}
	if c.Scope != nil {
		note("scope", checkScope(*c.Scope))
	}
	if c.WorkspaceKeyPrefix != nil {
		note("workspaceKeyPrefix", checkFolder(*c.WorkspaceKeyPrefix))
	}
	if c.Schedule != nil {
		if _, err := drift.ParseSchedule(*c.Schedule); err != nil {
			note("schedule", refusal(strings.TrimPrefix(err.Error(), "schedule: ")))
		}
	}
	return append(problems, c.Atmos.check()...)
}

// maxScopeBytes leaves half of an entity's name to the address.
const maxScopeBytes = catalog.MaxNameBytes / 2

type refusal string

func (r refusal) Error() string { return string(r) }

// checkScope: "" is the default scope; else parts joined by "/", none of them empty.
func checkScope(scope string) error {
	if len(scope) > maxScopeBytes {
		return refusal("must be at most 400 bytes")
	}
	return checkFolder(scope)
}

// checkFolder: "" is the default; else parts joined by "/", none of them empty.
func checkFolder(text string) error {
	switch {
	case text == "":
		return nil
	case len(text) > place.MaxKey:
		return refusal("must be at most 1024 bytes")
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		return refusal("must be UTF-8 without control characters")
	}
	for part := range strings.SplitSeq(text, "/") {
		if part == "" {
			return refusal(`must be parts joined by "/", none of them empty`)
		}
	}
	return nil
}

const maxURIBytes = 2048

// isNamed reports whether a uri that is not read says where it is: what has "://" is
// well-formed, anything else is a path or a tag.
func isNamed(uri string) bool {
	if !strings.Contains(uri, "://") {
		return true
	}
	parsed, err := url.Parse(uri)
	return err == nil && parsed.Scheme != "" && parsed.Host+parsed.Path != ""
}

// hasUserInfo reports whether an authority in a uri names a user, with a password or
// without, also where one uri stands in another ("git::https://..").
func hasUserInfo(uri string) bool {
	if strings.HasPrefix(uri, "//") {
		uri = ":" + uri
	}
	for rest := uri; ; {
		_, authority, found := strings.Cut(rest, "://")
		if !found {
			return false
		}
		rest = authority
		if end := strings.IndexAny(authority, "/?#"); end >= 0 {
			authority = authority[:end]
		}
		if strings.Contains(authority, "@") {
			return true
		}
	}
}

// checkURI reports a uri that cannot be registered, or that the organisation may not
// read ([*ForeignError]).
func (r *Registry) checkURI(org, uri string) error {
	switch {
	case uri == "":
		return invalid("sourceUri", "must not be empty")
	case len(uri) > maxURIBytes:
		return invalid("sourceUri", "must be at most 2048 bytes")
	case !utf8.ValidString(uri) || strings.ContainsFunc(uri, unicode.IsControl):
		return invalid("sourceUri", "must be UTF-8 without control characters")
	case strings.TrimSpace(uri) != uri:
		return invalid("sourceUri", "must not begin or end with a space")
	case hasUserInfo(uri):
		return invalid("sourceUri", "must not hold a user or a password: it is stored and shown")
	case !place.IsRead(uri) && redact.HoldsSecret(uri):
		return invalid("sourceUri", "must not hold a token or a password: it is stored and shown")
	case !place.IsRead(uri) && strings.HasPrefix(strings.ToLower(uri), "s3:"):
		return invalid("sourceUri", "must begin with s3:// in lower case")
	case !place.IsRead(uri) && !isNamed(uri):
		return invalid("sourceUri", "must be a path, or <scheme>://<place> as RFC 3986 writes it")
	case !place.IsRead(uri):
		return nil
	}
	pattern, err := place.ParsePattern(uri)
	if err != nil {
		return invalid("sourceUri", err.Error())
	}
	if !r.Prefixes.AllowsAll(org, pattern) {
		return &ForeignError{Allowed: r.Prefixes.URIs(org)}
	}
	return nil
}

// nextDue is when the schedule next scans a source of those settings; zero for one
// that is not read.
func nextDue(s drift.Settings, now time.Time) time.Time {
	if !place.IsRead(s.URI) {
		return time.Time{}
	}
	schedule, err := drift.ParseSchedule(s.Schedule)
	if err != nil {
		return time.Time{}
	}
	return schedule.Next(now)
}
