// Package place says what the uri of a source names: an object in S3, a prefix, a glob,
// or something that is only ever pushed to; who may read it, by which paths an upload
// finds it, where a state's lock and its workspaces lie, and how the entities of an
// object are named.
//
// Its one invariant: a key is a text and nothing else. It is neither decoded nor
// cleaned, so that `a//b`, `./a` and `DEV\a` are the objects that S3 lists under those
// names.
//
// Start at [ParsePattern], [Prefixes] and [Scope].
package place

import "strings"

const scheme = "s3://"

// IsRead reports whether a source of that uri is read; any other is only pushed to.
func IsRead(uri string) bool { return strings.HasPrefix(uri, scheme) }
