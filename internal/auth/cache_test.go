package auth_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/internal/auth"
)

func anotherP256(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return private
}

// moving is an issuer whose keys, state and speed change, and which counts.
type moving struct {
	private map[string]*ecdsa.PrivateKey // by their ids
	fetches atomic.Int32

	mu    sync.Mutex
	keys  []jwk
	down  bool
	delay time.Duration
}

// publish makes the set of keys these; what is down gives none, after the delay.
func (m *moving) publish(kids ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keys = nil
	for _, kid := range kids {
		m.keys = append(m.keys, ecKey(kid, "P-256", m.private[kid]))
	}
}

func (m *moving) behave(down bool, delay time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.down, m.delay = down, delay
}

func (m *moving) source(ctx context.Context) ([]byte, error) {
	m.fetches.Add(1)
	m.mu.Lock()
	keys, down, delay := m.keys, m.down, m.delay
	m.mu.Unlock()
	select {
	case <-time.After(delay):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if down {
		return nil, errors.New("connection refused")
	}
	return serve(keys...)(ctx)
}

// inTime runs a test on a clock that only moves when it sleeps. The issuer publishes
// the key a; verify tries a token that names a key, signed by it or, if there is none
// of that name, by a.
func inTime(t *testing.T, test func(t *testing.T, m *moving, verify func(kid string) error)) {
	private := map[string]*ecdsa.PrivateKey{"a": anotherP256(t), "b": anotherP256(t)}
	synctest.Test(t, func(t *testing.T) {
		m := &moving{private: private}
		m.publish("a")
		start := time.Now()
		verifier := newVerifier(t, auth.Config{
			Keys: m.source, Now: func() time.Time { return now.Add(time.Since(start)) },
		})
		test(t, m, func(kid string) error {
			key := private[kid]
			if key == nil {
				key = private["a"]
			}
			_, err := verifier.Verify(t.Context(), "Bearer "+sign(t, "ES256", kid, key, claims()))
			return err
		})
	})
}

func (m *moving) expect(t *testing.T, fetches int32) {
	t.Helper()
	if got := m.fetches.Load(); got != fetches {
		t.Errorf("%d fetches, want %d", got, fetches)
	}
}

func TestKeysAreFetchedWithTheFirstTokenAndKept(t *testing.T) {
	t.Parallel()
	inTime(t, func(t *testing.T, m *moving, verify func(string) error) {
		m.expect(t, 0)
		for range 3 {
			if err := verify("a"); err != nil {
				t.Error(err)
			}
		}
		m.expect(t, 1)
	})
}

func TestManyFirstTokensFetchOnce(t *testing.T) {
	t.Parallel()
	inTime(t, func(t *testing.T, m *moving, verify func(string) error) {
		m.behave(false, time.Second)
		var group sync.WaitGroup
		for range 50 {
			group.Go(func() {
				if err := verify("a"); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		m.expect(t, 1)
	})
}

func TestASourceOfKeysThatPanicsIsAnIssuerThatIsDown(t *testing.T) {
	t.Parallel()
	source := func(context.Context) ([]byte, error) { panic("faulty client") }
	_, err := newVerifier(t, auth.Config{Keys: source}).Verify(t.Context(), "Bearer "+sign(t, "ES256", "a", anotherP256(t), claims()))
	if !errors.Is(err, auth.ErrUnavailable) {
		t.Errorf("got %v, want %v", err, auth.ErrUnavailable)
	}
}

func TestAFloodOfUnknownKeysCannotFloodTheIssuer(t *testing.T) {
	t.Parallel()
	inTime(t, func(t *testing.T, m *moving, verify func(string) error) {
		for i := range 200 {
			if err := verify(fmt.Sprint("unknown ", i)); !errors.Is(err, auth.ErrUnauthenticated) {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		m.expect(t, 7) // at 0, 30, .. 180 s
		if err := verify("a"); err != nil {
			t.Error(err)
		}
	})
}

func TestARotatedKeyIsTakenUp(t *testing.T) {
	t.Parallel()
	inTime(t, func(t *testing.T, m *moving, verify func(string) error) {
		if err := verify("a"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		m.publish("b", "a")
		for _, kid := range []string{"b", "a"} {
			if err := verify(kid); err != nil {
				t.Errorf("key %s after the rotation: %v", kid, err)
			}
		}
		m.expect(t, 2)
	})
}

func TestAWithdrawnKeyIsForgotten(t *testing.T) {
	t.Parallel()
	inTime(t, func(t *testing.T, m *moving, verify func(string) error) {
		if err := verify("a"); err != nil {
			t.Fatal(err)
		}
		m.publish("b")
		time.Sleep(16 * time.Minute)
		if err := verify("a"); !errors.Is(err, auth.ErrUnauthenticated) {
			t.Errorf("a withdrawn key: %v", err)
		}
	})
}

func TestKeysOutliveAnIssuerThatIsDown(t *testing.T) {
	t.Parallel()
	inTime(t, func(t *testing.T, m *moving, verify func(string) error) {
		if err := verify("a"); err != nil {
			t.Fatal(err)
		}
		m.behave(true, time.Hour)
		time.Sleep(30 * time.Minute)
		began := time.Now()
		for range 10 {
			if err := verify("a"); err != nil {
				t.Error(err)
			}
		}
		if waited := time.Since(began); waited != 5*time.Second {
			t.Errorf("waited %s for an issuer that hangs, want one time-out of 5s", waited)
		}
		if err := verify("b"); !errors.Is(err, auth.ErrUnauthenticated) {
			t.Errorf("an unknown key while the issuer is down: %v", err)
		}
	})
}

func TestWithoutAnyKeyTheIssuerIsUnavailable(t *testing.T) {
	t.Parallel()
	inTime(t, func(t *testing.T, m *moving, verify func(string) error) {
		m.behave(true, 0)
		for range 5 {
			if err := verify("a"); !errors.Is(err, auth.ErrUnavailable) || errors.Is(err, auth.ErrUnauthenticated) {
				t.Errorf("verify: %v, want ErrUnavailable", err)
			}
		}
		m.expect(t, 1)
		m.behave(false, 0)
		time.Sleep(time.Second)
		if err := verify("a"); err != nil {
			t.Errorf("a second after the issuer is back: %v", err)
		}
	})
}

func TestOneKeyNeedsNoName(t *testing.T) {
	t.Parallel()
	inTime(t, func(t *testing.T, m *moving, verify func(string) error) {
		if err := verify(""); err != nil {
			t.Error(err)
		}
	})
}

func TestKeySetsThatAreNone(t *testing.T) {
	t.Parallel()
	is := newIssuer()
	for name, handler := range map[string]http.HandlerFunc{
		"not found":      http.NotFound,
		"not JSON":       func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<html>")) },
		"no usable key":  func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(`{"keys":[{"kty":"oct"}]}`)) },
		"without an end": func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, 1<<20)) },
	} {
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		verifier := newVerifier(t, auth.Config{Keys: auth.FromURL(server.URL, nil)})
		_, err := verifier.Verify(t.Context(), "Bearer "+sign(t, "EdDSA", "ed", is.ed25519, claims()))
		if !errors.Is(err, auth.ErrUnavailable) {
			t.Errorf("%s: %v, want ErrUnavailable", name, err)
		}
	}
}
