package object

import (
	"context"
	"errors"
	"io"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"plumbline/internal/place"
)

// PutOptions say how an object is written; the zero value overwrites.
type PutOptions struct {
	// ContentType is the MIME type; "" leaves it to S3.
	ContentType string
	// IfAbsent writes only where there is no object.
	IfAbsent bool
	// IfMatch writes only over the object with this ETag; "" over any.
	IfMatch string
}

// Put writes the whole body, from its start, as the object. Where the condition
// of the options does not hold the error is [ErrChanged]; after a retry that may be
// one's own write.
func (s *Store) Put(ctx context.Context, at place.Location, body io.ReadSeeker, options PutOptions) (Info, error) {
	size, err := body.Seek(0, io.SeekEnd)
	if err != nil {
		return Info{}, fail("put", at.URI(), err)
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return Info{}, fail("put", at.URI(), err)
	}
	input := &s3.PutObjectInput{Bucket: &at.Bucket, Key: &at.Key, Body: body, ContentLength: &size}
	if options.ContentType != "" {
		input.ContentType = &options.ContentType
	}
	if options.IfAbsent {
		any := "*"
		input.IfNoneMatch = &any
	}
	if options.IfMatch != "" {
		quoted := `"` + options.IfMatch + `"`
		input.IfMatch = &quoted
	}
	answer, err := s.client.PutObject(ctx, input)
	if err != nil {
		return Info{}, fail("put", at.URI(), err)
	}
	return Info{Key: at.Key, ETag: unquote(answer.ETag), VersionID: value(answer.VersionId), Size: size}, nil
}

// Delete removes the object; with versioning it leaves a delete marker. Deleting
// what is not there is no error.
func (s *Store) Delete(ctx context.Context, at place.Location) error {
	_, err := s.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &at.Bucket, Key: &at.Key})
	return fail("delete", at.URI(), err)
}

// Exists reports whether there is an object now.
func (s *Store) Exists(ctx context.Context, at place.Location) (bool, error) {
	_, err := s.Head(ctx, at)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
