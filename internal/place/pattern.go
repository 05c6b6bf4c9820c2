package place

import (
	"regexp"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Pattern is what a source's uri names: one object, everything below a prefix, or
// what a glob matches.
//
//	s3://bucket/prod/vpc.tfstate       the object prod/vpc.tfstate
//	s3://bucket/prod/                  everything below prod/
//	s3://bucket/states/**/*.tfstate    listed below states/, matched by the glob
//	s3://bucket/a\[1\].tfstate         the object a[1].tfstate, by escapes
//
// Globs are those of Atmos (doublestar): `*` and `?` stay inside a segment, `**` as a
// whole segment spans any number, `[a-z]`, `{a,b}`; `\` takes the next character
// literally.
type Pattern struct {
	// Bucket is literal.
	Bucket string
	// Prefix is the literal part that a listing begins with: up to the last `/`
	// before the first glob character, that `/` included; "" for the whole bucket.
	// For one object it is the folder that the object lies in.
	Prefix string
	// glob is empty where everything below Prefix matches.
	glob string
	// key is the object of a uri without glob characters.
	key string
	// lookup is that key, or the Prefix of any other uri.
	lookup string
}

// globCharacters begin what is not literal.
const globCharacters = `*?[{\`

// looksLikeQuery finds ?versionId=.. and its like, which nobody means as a glob.
var looksLikeQuery = regexp.MustCompile(`\?[A-Za-z][A-Za-z-]*=`)

// ParsePattern reads a source's uri; the rules of [ParseURI] hold, save that it may
// hold globs or end in `/`.
func ParsePattern(uri string) (Pattern, error) {
	bucket, key, err := split(uri)
	if err != nil {
		return Pattern{}, err
	}
	if looksLikeQuery.MatchString(key) {
		return Pattern{}, refuse(uri, "a query is not allowed")
	}
	if !doublestar.ValidatePattern(key) {
		return Pattern{}, refuse(uri, "the glob is malformed")
	}
	pattern := Pattern{Bucket: bucket}
	literal := key
	if i := strings.IndexAny(key, globCharacters); i >= 0 {
		literal = key[:i]
		pattern.glob = key
		if strings.HasSuffix(key, "/") {
			pattern.glob += "**"
		}
	} else if key != "" && !strings.HasSuffix(key, "/") {
		pattern.key = key
	}
	pattern.Prefix = literal[:strings.LastIndex(literal, "/")+1]
	pattern.lookup = pattern.Prefix
	if pattern.key != "" {
		pattern.lookup = pattern.key
	}
	return pattern, nil
}

// Single gives the object of a uri that names one, ok false for a prefix or a glob.
func (p Pattern) Single() (at Location, ok bool) {
	return Location{Bucket: p.Bucket, Key: p.key}, p.key != ""
}

// Match reports whether the key is one of the pattern's documents. What [Skips]
// names is none, except where the uri names that very object.
func (p Pattern) Match(key string) bool {
	switch {
	case p.key != "":
		return key == p.key
	case Skips(key) || !strings.HasPrefix(key, p.Prefix):
		return false
	case p.glob == "":
		return true
	}
	return doublestar.MatchUnvalidated(p.glob, key)
}

// Skips reports whether a key that a prefix or a glob finds is never a document:
// "directory" objects, Terraform's S3 locks, and local backups of states.
func Skips(key string) bool {
	return strings.HasSuffix(key, "/") || strings.HasSuffix(key, lockSuffix) || strings.HasSuffix(key, ".backup")
}
