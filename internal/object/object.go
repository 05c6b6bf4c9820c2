// Package object reads and writes objects in S3.
//
// Its one invariant: what [Store.Open] gives is one version of one object, whole,
// or an error. A body that ends early, or an object that was replaced meanwhile, is
// never taken for the end of the document.
//
// Start at [Store]; package place says what a uri names.
package object

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Store is the S3 that a client reaches. Safe for concurrent use.
type Store struct{ client calls }

// New gives the store behind a client, whose retries, region and credentials it
// uses as they are.
func New(client *s3.Client) *Store { return &Store{client: callsOf(client)} }

// Info is what S3 says of one object.
type Info struct {
	// Key is the object's key, as it is (never percent-encoded).
	Key string
	// ETag changes whenever the content does; without quotes. Opaque: it is not
	// always a digest.
	ETag string
	// VersionID is "" where the bucket has no versioning, and in listings.
	VersionID string
	// Size is in bytes.
	Size int64
	// Modified is when the object was written, to the second.
	Modified time.Time
}

// Pin names one version of an object. The zero Pin is the current one.
type Pin struct{ VersionID, ETag string }

// Pin names the version that the info is about.
func (i Info) Pin() Pin { return Pin{VersionID: i.VersionID, ETag: i.ETag} }

// version is the pinned version's id, nil where only the ETag can pin: without
// versioning, and for "null", the one version that S3 overwrites in place.
func (p Pin) version() *string {
	if p.VersionID == "" || p.VersionID == "null" {
		return nil
	}
	return &p.VersionID
}

// ifMatch is the condition that pins where the version cannot.
func (p Pin) ifMatch() *string {
	if p.version() != nil || p.ETag == "" {
		return nil
	}
	quoted := `"` + p.ETag + `"`
	return &quoted
}

func unquote(etag *string) string {
	if etag == nil {
		return ""
	}
	return strings.Trim(*etag, `"`)
}

// value is what a field of an answer holds, the zero value where it is missing.
func value[T any](field *T) T {
	if field == nil {
		var zero T
		return zero
	}
	return *field
}

// quiet keeps the client from logging each body that carries no checksum.
func quiet(options *s3.Options) { options.DisableLogOutputChecksumValidationSkipped = true }
