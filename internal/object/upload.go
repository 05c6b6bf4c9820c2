package object

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"plumbline/internal/place"
)

// PartSize is how many bytes of an upload are held in memory, and sent as one part.
// S3 takes at most 10,000 parts, 78 GiB.
// Source: Amazon S3 user guide, "Amazon S3 multipart upload limits".
const PartSize = 8 << 20

// Upload writes what write gives as the object, whose length need not be known: by one
// put where it fits into a part, else part by part. Nobody sees the object before it is
// whole. An error of write, or of S3, leaves what was there before; that of write is
// returned as it is. ctx must serve until write has returned, which may be called once
// only. contentType may be "".
func (s *Store) Upload(ctx context.Context, at place.Location, contentType string, write func(io.Writer) error) (Info, error) {
	u := &upload{ctx: ctx, store: s, at: at, contentType: contentType}
	err := write(u)
	if err == nil {
		err = u.failed // where write did not hand it on
	}
	if err == nil && u.id == nil {
		return s.Put(ctx, at, bytes.NewReader(u.part), PutOptions{ContentType: contentType})
	}
	var info Info
	if err == nil {
		info, err = u.complete()
	}
	if err != nil {
		return Info{}, errors.Join(err, u.abort())
	}
	return info, nil
}

// upload gathers what is written and sends it part by part.
type upload struct {
	ctx         context.Context
	store       *Store
	at          place.Location
	contentType string

	part   []byte  // not sent yet
	id     *string // nil before the first part is sent
	sent   []types.CompletedPart
	size   int64
	failed error // the first error of S3: nothing is sent after it
}

// Write takes any bytes. It sends a part only when more follow it, so that what fits
// into one part is never a multipart upload.
func (u *upload) Write(text []byte) (n int, err error) {
	for len(text) > 0 && u.failed == nil {
		if u.part == nil {
			u.part = make([]byte, 0, PartSize)
		}
		if len(u.part) == PartSize {
			u.failed = u.send()
			continue
		}
		fitting := min(len(text), PartSize-len(u.part))
		u.part = append(u.part, text[:fitting]...)
		text, n = text[fitting:], n+fitting
	}
	return n, u.failed
}

// send uploads the part and empties it.
func (u *upload) send() error {
	if err := u.begin(); err != nil {
		return err
	}
	number := int32(len(u.sent) + 1)
	answer, err := u.store.client.UploadPart(u.ctx, &s3.UploadPartInput{
		Bucket: &u.at.Bucket, Key: &u.at.Key, UploadId: u.id, PartNumber: &number, Body: bytes.NewReader(u.part),
		ChecksumAlgorithm: types.ChecksumAlgorithmCrc32,
	})
	if err != nil {
		return fail("upload", u.at.URI(), err)
	}
	u.sent = append(u.sent, types.CompletedPart{
		PartNumber: &number, ETag: answer.ETag, ChecksumCRC32: answer.ChecksumCRC32,
	})
	u.size += int64(len(u.part))
	u.part = u.part[:0]
	return nil
}

// begin starts the multipart upload with its first part.
func (u *upload) begin() error {
	if u.id != nil {
		return nil
	}
	input := &s3.CreateMultipartUploadInput{Bucket: &u.at.Bucket, Key: &u.at.Key, ChecksumAlgorithm: types.ChecksumAlgorithmCrc32}
	if u.contentType != "" {
		input.ContentType = &u.contentType
	}
	answer, err := u.store.client.CreateMultipartUpload(u.ctx, input)
	if err != nil {
		return fail("upload", u.at.URI(), err)
	}
	u.id = answer.UploadId
	return nil
}

// complete sends the last part and makes the parts one object.
func (u *upload) complete() (Info, error) {
	if err := u.send(); err != nil {
		return Info{}, err
	}
	answer, err := u.store.client.CompleteMultipartUpload(u.ctx, &s3.CompleteMultipartUploadInput{
		Bucket: &u.at.Bucket, Key: &u.at.Key, UploadId: u.id, MultipartUpload: &types.CompletedMultipartUpload{Parts: u.sent},
	})
	if err != nil {
		return Info{}, fail("upload", u.at.URI(), err)
	}
	return Info{Key: u.at.Key, ETag: unquote(answer.ETag), VersionID: value(answer.VersionId), Size: u.size}, nil
}

// abortTime is what removing the parts of a failed upload may take: its own context may
// be at its end.
const abortTime = 5 * time.Second

// abort removes the parts. An upload that is not there has been completed, or aborted.
func (u *upload) abort() error {
	if u.id == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(u.ctx), abortTime)
	defer cancel()
	_, err := u.store.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{
		Bucket: &u.at.Bucket, Key: &u.at.Key, UploadId: u.id,
	})
	if err = fail("abort the upload of", u.at.URI(), err); errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
