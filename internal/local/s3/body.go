package s3

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/johannesboyne/gofakes3"
)

// unframe replaces the body of a PUT by the bytes of the object alone, which fail at
// their end if they do not have the checksum that the request gives.
func unframe(r *http.Request) error {
	if !framed(r) {
		sums, err := checksums(r.Header.Get)
		if err != nil {
			return err
		}
		r.Body = readCloser{&verifier{inner: r.Body, want: sums}, r.Body}
		return nil
	}
	size, err := strconv.ParseInt(r.Header.Get("X-Amz-Decoded-Content-Length"), 10, 64)
	if err != nil || size < 0 {
		return gofakes3.ErrMissingContentLength
	}
	frames := newFrames(r.Body)
	if frames.announced, err = announced(r.Header.Get("X-Amz-Trailer")); err != nil {
		return err
	}
	r.Body = readCloser{frames, r.Body}
	r.ContentLength = size
	r.Header.Set("Content-Length", strconv.FormatInt(size, 10))
	r.Header.Set(contentDigest, "UNSIGNED-PAYLOAD")
	encodings := strings.Split(r.Header.Get("Content-Encoding"), ",")
	encodings = slices.DeleteFunc(encodings, func(e string) bool { return strings.TrimSpace(e) == "aws-chunked" })
	r.Header.Set("Content-Encoding", strings.TrimSpace(strings.Join(encodings, ",")))
	return nil
}

const contentDigest = "X-Amz-Content-Sha256"

// framed reports whether the body is in the aws-chunked framing.
// Source: Amazon S3 API reference, "Signature calculations: transferring payload in
// multiple chunks".
func framed(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get(contentDigest), "STREAMING-") ||
		strings.Contains(r.Header.Get("Content-Encoding"), "aws-chunked")
}

type readCloser struct {
	io.Reader
	io.Closer
}
