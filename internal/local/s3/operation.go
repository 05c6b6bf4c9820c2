package s3

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/johannesboyne/gofakes3"
)

// target is what the path of a request names: "" for a bucket or key that it does not.
type target struct{ bucket, key string }

// targetOf cuts the path as gofakes3 does.
func targetOf(r *http.Request) target {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	return target{bucket: bucket, key: key}
}

// level says what a request addresses.
type level int

const (
	service level = iota
	ofBucket
	ofObject
)

func (t target) level() level {
	switch {
	case t.bucket == "":
		return service
	case t.key == "":
		return ofBucket
	}
	return ofObject
}

// operation is one that is served: a method on a level, with the sub-resource that
// selects it ("" for none), and the other parameters that it may have in its query.
type operation struct {
	level       level
	method      string
	subresource string
	parameters  []string
}

// operations are all that are served. A sub-resource that is none of theirs names
// something that is not kept here: without this list a PUT of an object's tags would
// replace the object.
// Source: Amazon S3 API reference, "Actions".
var operations = []operation{
	{service, http.MethodGet, "", []string{"max-buckets", "continuation-token", "prefix", "bucket-region"}},

	{ofBucket, http.MethodGet, "", []string{"list-type", "delimiter", "encoding-type", "marker", "max-keys", "prefix",
		"continuation-token", "fetch-owner", "start-after", "allow-unordered"}},
	{ofBucket, http.MethodGet, "versions", []string{"delimiter", "encoding-type", "key-marker", "max-keys", "prefix", "version-id-marker"}},
	{ofBucket, http.MethodGet, "uploads", []string{"delimiter", "encoding-type", "key-marker", "max-uploads", "prefix", "upload-id-marker"}},
	{ofBucket, http.MethodGet, "location", nil},
	{ofBucket, http.MethodGet, "versioning", nil},
	{ofBucket, http.MethodGet, notification, nil},
	{ofBucket, http.MethodHead, "", nil},
	{ofBucket, http.MethodPut, "", nil},
	{ofBucket, http.MethodPut, "versioning", nil},
	{ofBucket, http.MethodPut, notification, nil},
	{ofBucket, http.MethodDelete, "", nil},
	{ofBucket, http.MethodPost, "delete", nil},

	{ofObject, http.MethodGet, "", []string{"versionId", "partNumber"}},
	{ofObject, http.MethodGet, "uploadId", []string{"part-number-marker", "max-parts", "encoding-type"}},
	{ofObject, http.MethodHead, "", []string{"versionId", "partNumber"}},
	{ofObject, http.MethodPut, "", nil},
	{ofObject, http.MethodPut, "uploadId", []string{"partNumber"}},
	{ofObject, http.MethodDelete, "", []string{"versionId"}},
	{ofObject, http.MethodDelete, "uploadId", nil},
	{ofObject, http.MethodPost, "uploads", nil},
	{ofObject, http.MethodPost, "uploadId", nil},
}

// Errors of S3 that gofakes3 has no name for.
const (
	errAccessDenied gofakes3.ErrorCode = "AccessDenied"
	errFull         gofakes3.ErrorCode = "InsufficientStorage" // S3 is never full; MinIO responds with 507 too
	errNoPart       gofakes3.ErrorCode = "InvalidPartNumber"
)

// check refuses what is not served before anything of the request takes place.
func check(r *http.Request) error {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		// What cannot be read might name a sub-resource.
		return gofakes3.ErrorMessage(gofakes3.ErrInvalidURI, "the query is malformed")
	}
	at := targetOf(r).level()
	known := slices.ContainsFunc(operations, func(o operation) bool { return o.level == at && o.method == r.Method })
	switch {
	case !known:
		return gofakes3.ErrorMessage(gofakes3.ErrMethodNotAllowed, "the method is not allowed against this resource")
	case isOther(r), !slices.ContainsFunc(operations, func(o operation) bool { return o.takes(at, r.Method, query) }):
		return gofakes3.ErrorMessage(gofakes3.ErrNotImplemented, "this part of S3 is not implemented by the local stack")
	}
	return checkIDs(r.Method, query)
}

// otherwise are the headers, by method, with which an operation does something else than
// without, and that are not obeyed here: a DELETE of one version, by its ETag, would delete
// another, and an append would replace the object.
// Source: Amazon S3 API reference: DeleteObject, PutObject, CopyObject, CompleteMultipartUpload.
var otherwise = map[string][]string{
	http.MethodDelete: {"If-Match", "X-Amz-If-Match-Last-Modified-Time", "X-Amz-If-Match-Size"},
	http.MethodPut: {"X-Amz-Write-Offset-Bytes", "X-Amz-Copy-Source-If-Match", "X-Amz-Copy-Source-If-None-Match",
		"X-Amz-Copy-Source-If-Modified-Since", "X-Amz-Copy-Source-If-Unmodified-Since"},
	http.MethodPost: {"If-Match", "If-None-Match"},
}

// isOther reports whether a header asks for what is not served.
func isOther(r *http.Request) bool {
	return slices.ContainsFunc(otherwise[r.Method], func(name string) bool { return len(r.Header.Values(name)) > 0 })
}

// takes reports whether an operation is the one that a request asks for.
func (o operation) takes(at level, method string, query url.Values) bool {
	if o.level != at || o.method != method || o.subresource != "" && !query.Has(o.subresource) {
		return false
	}
	for name := range query {
		if name != o.subresource && !slices.Contains(o.parameters, name) && !everywhere(name, method) {
			return false
		}
	}
	return true
}

// everywhere reports whether any operation may have the parameter: signatures in the
// query, what SDKs add to tell operations apart, and the headers that a read asks for.
func everywhere(name, method string) bool {
	switch name {
	case "x-id", "AWSAccessKeyId", "Signature", "Expires":
		return true
	}
	read := method == http.MethodGet || method == http.MethodHead
	return strings.HasPrefix(strings.ToLower(name), "x-amz-") || read && strings.HasPrefix(name, "response-")
}

// checkIDs refuses ids of which gofakes3 takes no notice, so that it would serve
// another operation, or one of the latest version.
func checkIDs(method string, query url.Values) error {
	switch {
	case query.Has("uploadId") && query.Get("uploadId") == "":
		return gofakes3.ErrNoSuchUpload
	case query.Has("versionId") && query.Get("versionId") == "":
		return gofakes3.ErrorMessage(gofakes3.ErrInvalidArgument, "the version id may not be empty")
	case query.Get("versionId") == nullVersion && method != http.MethodDelete:
		return gofakes3.ErrNoSuchVersion
	case query.Has("partNumber") && !query.Has("uploadId") && query.Get("partNumber") != "1":
		return gofakes3.ErrorMessage(errNoPart, "an object is kept as one part")
	}
	return nil
}

// nullVersion is the id of a version that was written without versioning: none is.
const nullVersion = "null"
