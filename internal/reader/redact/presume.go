package redact

import (
	"net/netip"
	"regexp"
	"strings"
)

// namesAThing are the forms of what names a thing in a cloud: an id of AWS, a uuid, a
// host or an address with its port, a path.
var namesAThing = regexp.MustCompile(`^(?:[a-z][a-z0-9]{0,12}-[0-9a-f]{8,17}` +
	`|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}` +
	`|[A-Za-z0-9_*-]+(?:\.[A-Za-z0-9_-]+)*\.[a-z]{2,18}\.?(?::\d{1,5})?` +
	`|/[A-Za-z0-9_./-]+|[a-z0-9_.-]+(?:/[a-z0-9_.-]+)+` +
	`|[a-z0-9]+(?:[-_][a-z0-9]+){2,})$`)

var cloudID = regexp.MustCompile(`^(?:[a-z][a-z0-9]{0,12}-[0-9a-f]{8,17}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$`)

// isCloudID reports whether a text is an id of AWS, a uuid or an ARN.
func isCloudID(text string) bool {
	return len(text) < 40 && cloudID.MatchString(text) || strings.HasPrefix(text, "arn:") && refersToSecret(text)
}

// isPresumable reports whether a value of which nothing is known but that it may be
// secret can be hunted for: it is nobody's ordinary word, and no name of a thing.
func isPresumable(text string) bool {
	if !isHunted(text) || refersToSecret(text) || namesAThing.MatchString(text) {
		return false
	}
	if _, err := netip.ParsePrefix(text); err == nil {
		return false
	}
	if _, address, found := strings.Cut(text, "://"); found {
		host, _, _ := strings.Cut(address, "/")
		return strings.ContainsAny(host, "@") || strings.ContainsAny(address, "?&")
	}
	return true
}
