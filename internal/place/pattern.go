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
//	s3://bucket/DEV\eu\vpc.tfstate     the object DEV\eu\vpc.tfstate, as S3 lists it
//
// Globs are those of Atmos (doublestar): `*` and `?` stay inside a segment, `**` as a
// whole segment spans any number, `[a-z]`, `{a,b}`. A `\` takes a character of a glob
// literally, and is itself before any other.
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
	// lookup is the path below the bucket by which uploads find the source. It takes
	// every "\" for the begin of a glob: what is stored under it has to be found.
	lookup string
}

// globCharacters begin what is not literal; escapable are those that a `\` can stand
// before.
const (
	globCharacters = `*?[{\`
	escapable      = `*?[]{},\`
)

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
	literal, glob := unescape(key)
	if !doublestar.ValidatePattern(glob) {
		return Pattern{}, refuse(uri, "the glob is malformed")
	}
	pattern := Pattern{Bucket: bucket, Prefix: folder(literal), lookup: key}
	switch isFolder := key == "" || strings.HasSuffix(key, "/"); {
	case glob != "" && isFolder:
		pattern.glob = glob + "**"
	case glob != "":
		pattern.glob = glob
	case !isFolder:
		pattern.key = literal
	}
	if i := strings.IndexAny(key, globCharacters); i >= 0 {
		pattern.lookup = folder(key[:i])
	}
	return pattern, nil
}

// unescape gives the literal text that a key begins with, up to its first glob, and the
// key as doublestar reads it, "" where all of it is literal.
func unescape(key string) (literal, glob string) {
	var plain, pattern strings.Builder
	isGlob, inClass := false, false
	for i := 0; i < len(key); i++ {
		switch c := key[i]; {
		case inClass:
			inClass = c != ']'
		case c == '\\':
			pattern.WriteByte(c)
			if i+1 < len(key) && strings.IndexByte(escapable, key[i+1]) >= 0 {
				i++
			}
		case strings.IndexByte(globCharacters, c) >= 0:
			isGlob, inClass = true, c == '['
		}
		pattern.WriteByte(key[i])
		if !isGlob {
			plain.WriteByte(key[i])
		}
	}
	if isGlob {
		return plain.String(), pattern.String()
	}
	return plain.String(), ""
}

// folder is a text up to its last "/", that included.
func folder(text string) string { return text[:strings.LastIndex(text, "/")+1] }

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
