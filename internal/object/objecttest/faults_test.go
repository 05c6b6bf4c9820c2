package objecttest_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"plumbline/internal/object"
	"plumbline/internal/object/objecttest"
	"plumbline/internal/place"
)

var _ objecttest.Objects = (*object.Store)(nil)

// recorder counts the calls that reach it; its one object holds "content".
type recorder struct{ calls int }

func (r *recorder) Head(context.Context, place.Location) (object.Info, error) {
	r.calls++
	return object.Info{}, nil
}

func (r *recorder) Open(context.Context, place.Location, object.Pin) (io.ReadCloser, object.Info, error) {
	r.calls++
	return io.NopCloser(strings.NewReader("content")), object.Info{Size: 7}, nil
}

func (r *recorder) List(_ context.Context, _, _ string, yield func(object.Info) error) error {
	r.calls++
	return errors.Join(yield(object.Info{}), yield(object.Info{}))
}

func (r *recorder) Put(context.Context, place.Location, io.ReadSeeker, object.PutOptions) (object.Info, error) {
	r.calls++
	return object.Info{}, nil
}

func (r *recorder) Upload(context.Context, place.Location, string, func(io.Writer) error) (object.Info, error) {
	r.calls++
	return object.Info{}, nil
}

func (r *recorder) PresignGet(context.Context, place.Location, time.Duration) (string, error) {
	r.calls++
	return "https://s3/", nil
}

func (r *recorder) Delete(context.Context, place.Location) error { r.calls++; return nil }

func (r *recorder) Exists(context.Context, place.Location) (bool, error) {
	r.calls++
	return true, nil
}

// use makes each of the eight calls and gives the error of each.
func use(ctx context.Context, objects objecttest.Objects) []error {
	var at place.Location
	_, head := objects.Head(ctx, at)
	body, _, open := objects.Open(ctx, at, object.Pin{})
	if open == nil {
		_, open = io.ReadAll(body)
	}
	list := objects.List(ctx, "", "", func(object.Info) error { return nil })
	_, put := objects.Put(ctx, at, nil, object.PutOptions{})
	_, exists := objects.Exists(ctx, at)
	_, upload := objects.Upload(ctx, at, "", nil)
	_, presign := objects.PresignGet(ctx, at, 0)
	return []error{head, open, list, put, upload, presign, objects.Delete(ctx, at), exists}
}

func TestOnlyTheNthCallFails(t *testing.T) {
	t.Parallel()
	for when, reached := range map[objecttest.When]int{objecttest.Before: 7, objecttest.After: 8} {
		for nth := 1; nth <= 8; nth++ {
			inner := &recorder{}
			faults := objecttest.New(inner)
			faults.Fail(nth, when)
			failed := 0
			for _, err := range use(t.Context(), faults) {
				if errors.Is(err, objecttest.ErrInjected) {
					failed++
				}
			}
			if failed != 1 || inner.calls != reached || faults.Calls() != 8 {
				t.Errorf("call %d, when %d: %d failed, %d reached, %d counted", nth, when, failed, inner.calls, faults.Calls())
			}
		}
	}
}
