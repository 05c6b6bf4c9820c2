package object

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"plumbline/internal/place"
)

// Head says what the object is now, without its content.
func (s *Store) Head(ctx context.Context, at place.Location) (Info, error) {
	answer, err := s.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &at.Bucket, Key: &at.Key})
	if err != nil {
		return Info{}, fail("head", at.URI(), err)
	}
	return Info{
		Key: at.Key, ETag: unquote(answer.ETag), VersionID: value(answer.VersionId),
		Size: value(answer.ContentLength), Modified: value(answer.LastModified),
	}, nil
}

// Open gives the content of the pinned version, of the current one for the zero
// Pin. The object at another version is [ErrChanged]. The caller closes the body,
// which serves until ctx ends.
//
// The body ends in io.EOF only after all Info.Size bytes. Where the connection
// breaks it is resumed behind the last byte, at the same version, at most
// [MaxResumes] times; then its error is [ErrBusy], never io.EOF or
// io.ErrUnexpectedEOF, by which a parser knows a truncated document.
func (s *Store) Open(ctx context.Context, at place.Location, pin Pin) (io.ReadCloser, Info, error) {
	answer, err := s.get(ctx, at, pin, 0)
	if err != nil {
		return nil, Info{}, fail("open", at.URI(), err)
	}
	info := Info{
		Key: at.Key, ETag: unquote(answer.ETag), VersionID: value(answer.VersionId),
		Size: value(answer.ContentLength), Modified: value(answer.LastModified),
	}
	switch {
	case pin.ETag != "" && info.ETag != pin.ETag:
		answer.Body.Close()
		return nil, Info{}, fail("open", at.URI(), ErrChanged)
	case answer.ContentLength == nil:
		answer.Body.Close()
		return nil, Info{}, fail("open", at.URI(), errNoLength)
	}
	return &body{ctx: ctx, store: s, at: at, info: info, inner: answer.Body}, info, nil
}

// errNoLength refuses an answer whose end could not be told from a break.
var errNoLength = errors.New("the answer has no Content-Length")

// get asks for the pinned version from a byte on.
func (s *Store) get(ctx context.Context, at place.Location, pin Pin, from int64) (*s3.GetObjectOutput, error) {
	input := &s3.GetObjectInput{
		Bucket: &at.Bucket, Key: &at.Key, VersionId: pin.version(), IfMatch: pin.ifMatch(),
	}
	if from > 0 {
		rest := fmt.Sprintf("bytes=%d-", from)
		input.Range = &rest
	}
	return s.client.GetObject(ctx, input, quiet)
}

// MaxResumes bounds how often one body is resumed after its connection broke.
const MaxResumes = 5

// resumePause is what the first resumption waits; each further one waits that
// much longer.
const resumePause = 50 * time.Millisecond

// body is one version's content, read through as many connections as it takes.
type body struct {
	ctx     context.Context
	store   *Store
	at      place.Location
	info    Info
	inner   io.ReadCloser
	read    int64
	resumes int
}

func (b *body) Read(p []byte) (int, error) {
	for {
		n, err := b.inner.Read(p)
		b.read += int64(n)
		switch {
		case err == nil:
			return n, nil
		case b.read >= b.info.Size:
			return n, b.ending(err)
		}
		if err := b.resume(err); err != nil {
			return n, err
		}
		if n > 0 {
			return n, nil
		}
	}
}

// ending judges what comes behind the last byte: its end, or a checksum that does
// not match.
func (b *body) ending(err error) error {
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	return b.broken(err)
}

// resume replaces a connection that broke for the given reason.
func (b *body) resume(reason error) error {
	for b.resumes < MaxResumes {
		b.resumes++
		if err := b.pause(); err != nil {
			return fail("read", b.at.URI(), err)
		}
		answer, err := b.store.get(b.ctx, b.at, b.info.Pin(), b.read)
		switch {
		case err == nil && unquote(answer.ETag) == b.info.ETag:
			b.inner.Close()
			b.inner = answer.Body
			return nil
		case err == nil:
			answer.Body.Close()
			return fail("read", b.at.URI(), ErrChanged)
		case !errors.Is(classify(err), ErrBusy):
			return fail("read", b.at.URI(), err)
		}
		reason = err
	}
	return b.broken(reason)
}

func (b *body) pause() error {
	select {
	case <-b.ctx.Done():
		return b.ctx.Err()
	case <-time.After(time.Duration(b.resumes) * resumePause):
		return nil
	}
}

// broken hides the reason from errors.Is, see [Store.Open].
func (b *body) broken(reason error) error {
	return fmt.Errorf("read %s: %w: broke at byte %d of %d: %v", b.at.URI(), ErrBusy, b.read, b.info.Size, reason)
}

func (b *body) Close() error { return b.inner.Close() }
