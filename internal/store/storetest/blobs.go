// Package storetest holds what tests of the store's users share.
package storetest

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"plumbline/internal/object"
	"plumbline/internal/store"
)

// Blobs is a [store.Blobs] in memory. The zero value is empty; safe for concurrent use.
type Blobs struct {
	mu   sync.Mutex
	held map[string][]byte
}

var _ store.Blobs = (*Blobs)(nil)

// PutBlob keeps a copy of the body; it never fails.
func (b *Blobs) PutBlob(_ context.Context, key string, body []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.held == nil {
		b.held = map[string][]byte{}
	}
	b.held[key] = bytes.Clone(body)
	return nil
}

// GetBlob gives a copy of a body, or [object.ErrNotFound].
func (b *Blobs) GetBlob(_ context.Context, key string) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if body, ok := b.held[key]; ok {
		return bytes.Clone(body), nil
	}
	return nil, fmt.Errorf("get blob %s: %w", key, object.ErrNotFound)
}

// DeleteBlob removes a blob; it never fails.
func (b *Blobs) DeleteBlob(_ context.Context, key string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.held, key)
	return nil
}

// ListBlobs yields the keys that begin with prefix, as they are now, in order.
func (b *Blobs) ListBlobs(_ context.Context, prefix string, yield func(key string) error) error {
	for _, key := range slices.Sorted(maps.Keys(b.Held())) {
		if !strings.HasPrefix(key, prefix) {
			continue
		}
		if err := yield(key); err != nil {
			return err
		}
	}
	return nil
}

// Held gives all bodies by key, as they are now.
func (b *Blobs) Held() map[string][]byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.held)
}

// Clone gives blobs of the same bodies, which then go their own way.
func (b *Blobs) Clone() *Blobs {
	return &Blobs{held: b.Held()}
}
