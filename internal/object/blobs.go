package object

import (
	"bytes"
	"context"
	"io"
	"strings"

	"plumbline/internal/place"
)

// Blobs keeps small bodies as objects below a prefix. Safe for concurrent use.
type Blobs struct {
	Store  *Store
	Bucket string
	// Prefix goes before each key as it is: "_plumbline/".
	Prefix string
}

// PutBlob writes a blob over any of its key.
func (b Blobs) PutBlob(ctx context.Context, key string, body []byte) error {
	_, err := b.Store.Put(ctx, b.at(key), bytes.NewReader(body), PutOptions{ContentType: "application/octet-stream"})
	return err
}

// GetBlob returns a blob whole, or [ErrNotFound].
func (b Blobs) GetBlob(ctx context.Context, key string) ([]byte, error) {
	body, info, err := b.Store.Open(ctx, b.at(key), Pin{})
	if err != nil {
		return nil, err
	}
	defer body.Close()
	whole := bytes.NewBuffer(make([]byte, 0, info.Size+bytes.MinRead))
	_, err = io.Copy(whole, body)
	return whole.Bytes(), err
}

// DeleteBlob removes a blob; one that is not there is no error.
func (b Blobs) DeleteBlob(ctx context.Context, key string) error {
	return b.Store.Delete(ctx, b.at(key))
}

// ListBlobs yields the key of every blob that begins with prefix, in order. An error of
// yield ends it and is returned as it is; yield may delete the blob.
func (b Blobs) ListBlobs(ctx context.Context, prefix string, yield func(key string) error) error {
	return b.Store.List(ctx, b.Bucket, b.Prefix+prefix, func(info Info) error {
		return yield(strings.TrimPrefix(info.Key, b.Prefix))
	})
}

func (b Blobs) at(key string) place.Location {
	return place.Location{Bucket: b.Bucket, Key: b.Prefix + key}
}
