package scan_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"plumbline/internal/object"
	"plumbline/internal/place"
)

// bucket holds the objects of a test, by key.
type bucket struct {
	mu      sync.Mutex
	objects map[string][]byte
	salt    string                       // changes every ETag, but no content
	at      time.Time                    // when the objects were written
	fail    func(call, key string) error // nil: never; called without the lock
}

func (b *bucket) clone() *bucket {
	b.mu.Lock()
	defer b.mu.Unlock()
	return &bucket{objects: maps.Clone(b.objects)}
}

func (b *bucket) put(key, body string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.objects[key] = []byte(body)
}

// written says when all objects were written.
func (b *bucket) written(at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = at
}

func (b *bucket) remove(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.objects, key)
}

func (b *bucket) info(call, key string) (object.Info, []byte, error) {
	if b.fail != nil {
		if err := b.fail(call, key); err != nil {
			return object.Info{}, nil, err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	body, ok := b.objects[key]
	if !ok {
		return object.Info{}, nil, fmt.Errorf("%s %s: %w", call, key, object.ErrNotFound)
	}
	sum := sha256.Sum256(append([]byte(b.salt), body...))
	return object.Info{Key: key, ETag: hex.EncodeToString(sum[:8]), Size: int64(len(body)), Modified: b.at}, body, nil
}

func (b *bucket) Head(_ context.Context, at place.Location) (object.Info, error) {
	info, _, err := b.info("head", at.Key)
	return info, err
}

func (b *bucket) Open(_ context.Context, at place.Location, pin object.Pin) (io.ReadCloser, object.Info, error) {
	info, body, err := b.info("open", at.Key)
	if err != nil {
		return nil, info, err
	}
	if pin.ETag != "" && pin.ETag != info.ETag {
		return nil, info, object.ErrChanged
	}
	return io.NopCloser(bytes.NewReader(body)), info, nil
}

func (b *bucket) List(_ context.Context, _, prefix string, yield func(object.Info) error) error {
	b.mu.Lock()
	var keys []string
	for key := range b.objects {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	b.mu.Unlock()
	slices.Sort(keys)
	for _, key := range keys {
		info, _, err := b.info("list", key)
		if errors.Is(err, object.ErrNotFound) {
			continue // removed meanwhile
		}
		if err != nil {
			return err
		}
		if err := yield(info); err != nil {
			return err
		}
	}
	return nil
}
