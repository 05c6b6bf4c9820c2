package place

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Location names one object, or with a key that ends in "/" or is empty a folder; neither
// part is percent-encoded.
type Location struct{ Bucket, Key string }

// URI is the location as s3://bucket/key, the form that [ParseURI] takes.
func (l Location) URI() string { return scheme + l.Bucket + "/" + l.Key }

func (l Location) String() string { return l.URI() }

// ErrURI is what every refusal of [ParseURI] and [ParsePattern] wraps.
var ErrURI = errors.New("invalid uri")

// MaxKey is the longest key in bytes of UTF-8.
// Source: Amazon S3 user guide, "Naming Amazon S3 objects".
const MaxKey = 1024

// ParseURI reads s3://bucket/key. The key is taken literally: nothing is decoded,
// so that `+`, `%`, blanks and a segment `.` stand for themselves. What could be
// misread is refused: a query, a segment `..`, control characters.
func ParseURI(uri string) (Location, error) {
	bucket, key, err := split(uri)
	if err != nil {
		return Location{}, err
	}
	switch {
	case key == "":
		return Location{}, refuse(uri, "the key is empty")
	case strings.Contains(key, "?"):
		return Location{}, refuse(uri, "a query is not allowed")
	}
	return Location{Bucket: bucket, Key: key}, nil
}

// split takes a uri apart and judges what holds of keys and patterns alike.
func split(uri string) (bucket, key string, err error) {
	rest, ok := strings.CutPrefix(uri, scheme)
	if !ok {
		return "", "", refuse(uri, "does not begin with "+scheme)
	}
	bucket, key, ok = strings.Cut(rest, "/")
	if reason := bucketFault(bucket); reason != "" {
		return "", "", refuse(uri, reason)
	}
	if !ok {
		return "", "", refuse(uri, "the key is empty")
	}
	if reason := keyFault(key); reason != "" {
		return "", "", refuse(uri, reason)
	}
	return bucket, key, nil
}

func refuse(uri, reason string) error { return fmt.Errorf("%w %q: %s", ErrURI, uri, reason) }

// bucketFault says what is wrong with a bucket's name, "" if nothing is.
// Source: Amazon S3 user guide, "General purpose bucket naming rules".
func bucketFault(name string) string {
	if name == "" {
		return "the bucket is empty"
	}
	if len(name) < 3 || len(name) > 63 {
		return "the bucket's name must have 3 to 63 characters"
	}
	for _, r := range name {
		if !alphanumeric(r) && r != '-' && r != '.' {
			return fmt.Sprintf("the bucket's name may not hold %q, only lower case letters, digits, '-' and '.'", r)
		}
	}
	if !alphanumeric(rune(name[0])) || !alphanumeric(rune(name[len(name)-1])) {
		return "the bucket's name must begin and end with a letter or a digit"
	}
	if strings.Contains(name, "..") {
		return "the bucket's name may not hold two dots in a row"
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return "the bucket's name may not be an IP address"
	}
	return ""
}

func alphanumeric(r rune) bool { return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' }

// keyFault says what is wrong with a key or a pattern, "" if nothing is.
func keyFault(key string) string {
	if len(key) > MaxKey {
		return fmt.Sprintf("the key has %d bytes, the most is %d", len(key), MaxKey)
	}
	if !utf8.ValidString(key) {
		return "the key is not valid UTF-8"
	}
	if strings.ContainsFunc(key, unicode.IsControl) {
		return "the key holds a control character"
	}
	for segment := range strings.SplitSeq(key, "/") {
		if segment == ".." {
			return `the key may not hold the segment ".."`
		}
	}
	return ""
}
