package auth

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"plumbline/internal/parallel"
)

// KeySource gives an issuer's JWK set (RFC 7517).
type KeySource func(ctx context.Context) ([]byte, error)

// maxKeySet is the biggest set in bytes.
const maxKeySet = 256 << 10

// FromURL gets the set by HTTP; nil means http.DefaultClient.
func FromURL(url string, client *http.Client) KeySource {
	if client == nil {
		client = http.DefaultClient
	}
	return func(ctx context.Context) ([]byte, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return nil, err
		}
		answer, err := client.Do(request)
		if err != nil {
			return nil, err
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("get %s: status %d", url, answer.StatusCode)
		}
		text, err := io.ReadAll(io.LimitReader(answer.Body, maxKeySet+1))
		if err == nil && len(text) > maxKeySet {
			err = fmt.Errorf("get %s: more than %d bytes", url, maxKeySet)
		}
		return text, err
	}
}

const (
	// fetchTimeout bounds one fetch of the keys.
	fetchTimeout = 5 * time.Second
	// fetchPause is the least time between two fetches, whatever tokens name, so
	// that nobody can make us flood the issuer.
	fetchPause = 30 * time.Second
	// firstPause is the same as long as there are no keys at all.
	firstPause = time.Second
	// maxAge is when known keys are fetched anew, to learn of those withdrawn.
	maxAge = 15 * time.Minute
)

// cache holds the issuer's keys. They are fetched with the first token, when a token
// names another key, and when they are old; keys outlive an issuer that is down.
type cache struct {
	source KeySource
	now    func() time.Time

	mu      sync.Mutex
	keys    []key
	fetched time.Time     // the last success
	tried   time.Time     // the last attempt
	fault   error         // of the last attempt
	flight  chan struct{} // closed when the fetch under way ends; nil: none
}

// find gives the public key of that id for that algorithm. An empty id is enough
// where the issuer has one key alone.
func (c *cache) find(ctx context.Context, id, algorithm string) (any, error) {
	flight := c.refresh(ctx, id)
	if flight != nil {
		select {
		case <-flight:
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.keys == nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, c.fault)
	}
	named := c.named(id)
	if len(named) == 0 {
		return nil, refused("the token names no key of the issuer")
	}
	for _, k := range named {
		if slices.Contains(k.algorithms, algorithm) {
			return k.public, nil
		}
	}
	return nil, refused("the algorithm does not fit the key")
}

// named gives the keys with the id; the caller holds mu.
func (c *cache) named(id string) []key {
	if id == "" && len(c.keys) == 1 {
		return c.keys
	}
	var named []key
	for _, k := range c.keys {
		if k.id == id && id != "" {
			named = append(named, k)
		}
	}
	return named
}

// refresh starts a fetch if one is due, and gives what to wait for, nil for nothing.
// One fetch serves all that wait; it does not end with the caller that began it.
func (c *cache) refresh(ctx context.Context, id string) <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if len(c.named(id)) > 0 && now.Sub(c.fetched) < maxAge {
		return nil
	}
	if c.flight != nil {
		return c.flight
	}
	pause := fetchPause
	if c.keys == nil {
		pause = firstPause
	}
	if !c.tried.IsZero() && now.Sub(c.tried) < pause {
		return nil
	}
	c.tried, c.flight = now, make(chan struct{})
	new(parallel.Group).Start(func() error { return c.fetch(context.WithoutCancel(ctx)) })
	return c.flight
}

// fetch gets the keys. Its error, or panic, is of those who wait for the flight.
func (c *cache) fetch(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	var keys []key
	err := parallel.Call(func() error {
		text, err := c.source(ctx)
		if err == nil {
			keys, err = parseKeys(text)
		}
		return err
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fault = err; err == nil {
		c.keys, c.fetched = keys, c.now()
	}
	close(c.flight)
	c.flight = nil
	return nil
}
