package objecttest

import (
	"context"
	"io"
	"time"

	"plumbline/internal/object"
	"plumbline/internal/place"
)

// answer makes a call as it is told to go.
func answer[T any](when When, call func() (T, error)) (T, error) {
	var none T
	if when == Before {
		return none, ErrInjected
	}
	result, err := call()
	if when == After && err == nil {
		return none, ErrInjected
	}
	return result, err
}

func (f *Faults) Head(ctx context.Context, at place.Location) (object.Info, error) {
	return answer(f.next(), func() (object.Info, error) { return f.inner.Head(ctx, at) })
}

func (f *Faults) Exists(ctx context.Context, at place.Location) (bool, error) {
	return answer(f.next(), func() (bool, error) { return f.inner.Exists(ctx, at) })
}

func (f *Faults) Put(
	ctx context.Context, at place.Location, body io.ReadSeeker, options object.PutOptions,
) (object.Info, error) {
	return answer(f.next(), func() (object.Info, error) { return f.inner.Put(ctx, at, body, options) })
}

func (f *Faults) Upload(
	ctx context.Context, at place.Location, contentType string, write func(io.Writer) error,
) (object.Info, error) {
	return answer(f.next(), func() (object.Info, error) { return f.inner.Upload(ctx, at, contentType, write) })
}

func (f *Faults) PresignGet(ctx context.Context, at place.Location, ttl time.Duration) (url string, err error) {
	return answer(f.next(), func() (string, error) { return f.inner.PresignGet(ctx, at, ttl) })
}

func (f *Faults) Delete(ctx context.Context, at place.Location) error {
	_, err := answer(f.next(), func() (struct{}, error) { return struct{}{}, f.inner.Delete(ctx, at) })
	return err
}

func (f *Faults) List(ctx context.Context, bucket, prefix string, yield func(object.Info) error) error {
	when := f.next()
	if when == Before {
		return ErrInjected
	}
	seen := 0
	err := f.inner.List(ctx, bucket, prefix, func(info object.Info) error {
		if seen++; when == After && seen > 1 {
			return ErrInjected
		}
		return yield(info)
	})
	if when == After && err == nil {
		return ErrInjected
	}
	return err
}

func (f *Faults) Open(ctx context.Context, at place.Location, pin object.Pin) (io.ReadCloser, object.Info, error) {
	when := f.next()
	if when == Before {
		return nil, object.Info{}, ErrInjected
	}
	body, info, err := f.inner.Open(ctx, at, pin)
	if when == After && err == nil {
		body = &breaking{ReadCloser: body, left: info.Size / 2}
	}
	return body, info, err
}

// breaking is a body that fails once left bytes were read.
type breaking struct {
	io.ReadCloser
	left int64
}

func (b *breaking) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, ErrInjected
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}
