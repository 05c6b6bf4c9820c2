package scan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"plumbline/internal/object"
	"plumbline/internal/place"
	"plumbline/internal/reader"
	"plumbline/internal/reader/atmos/listing"
)

// files are the objects of a document that is many, each at the version that was
// listed. They are opened by several goroutines at once.
type files struct {
	*listing.FS
	run  *run
	ctx  context.Context
	base place.Location

	mu   sync.Mutex
	left int64 // how many bytes may still be read
}

func (r *run) files(ctx context.Context, f found) *files {
	list := make([]listing.Object, len(f.objects))
	for i, info := range f.objects {
		list[i] = listing.Object{Path: strings.TrimPrefix(info.Key, f.at.Key), ETag: info.ETag, SizeBytes: info.Size}
	}
	opened := &files{run: r, ctx: ctx, base: f.at, left: r.MaxDocument}
	opened.FS = listing.New(list, opened.openObject)
	return opened
}

// ETag implements [reader.Files].
func (f *files) ETag(path string) string {
	etag := f.FS.ETag(path)
	if etag == "" {
		return ""
	}
	return f.base.URI() + path + "@" + etag
}

func (f *files) openObject(o listing.Object) (io.ReadCloser, error) {
	if err := f.begin(o.SizeBytes); err != nil {
		return nil, err
	}
	body, _, err := f.run.Objects.Open(f.ctx, place.Location{Bucket: f.base.Bucket, Key: f.base.Key + o.Path}, object.Pin{ETag: o.ETag})
	if errors.Is(err, object.ErrNotFound) {
		return nil, fmt.Errorf("open %s: %w: it was listed", o.Path, object.ErrChanged)
	}
	return body, err
}

// begin keeps the lease, and bounds what all objects come to.
func (f *files) begin(size int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.left -= size; f.left < 0 {
		return tooMuch(fmt.Sprintf("too big: more than %d bytes", f.run.MaxDocument))
	}
	return f.run.breathe(f.ctx)
}

// tooMuch is the error of a document past a limit.
func tooMuch(reason string) error {
	return &reader.UnusableError{Problem: reader.Problem{Offset: -1, Reason: reason}}
}
