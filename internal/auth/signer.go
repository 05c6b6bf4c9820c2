package auth

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Signer issues tokens, for the local stack and for tests. Safe for concurrent use.
type Signer struct {
	issuer, audience string
	private          ed25519.PrivateKey
	id               string
	set              []byte
}

// keyFile is the signer's key in its folder: PKCS #8 in PEM, for its owner alone.
const keyFile = "signing-key.pem"

// NewSigner takes the Ed25519 key of a folder, which must be there; the first call
// makes the key.
func NewSigner(dir, issuer, audience string) (*Signer, error) {
	err := createKey(filepath.Join(dir, keyFile))
	if err != nil {
		return nil, fmt.Errorf("signing key of %s: %w", dir, err)
	}
	return OpenSigner(dir, issuer, audience)
}

// OpenSigner takes the key that a folder has; the error is [fs.ErrNotExist] for none.
func OpenSigner(dir, issuer, audience string) (*Signer, error) {
	path := filepath.Join(dir, keyFile)
	private, err := readKey(path)
	if err != nil {
		return nil, fmt.Errorf("signing key %s: %w", path, err)
	}
	s := &Signer{issuer: issuer, audience: audience, private: private}
	public := s.private.Public().(ed25519.PublicKey)
	sum := sha256.Sum256(public)
	s.id = base64.RawURLEncoding.EncodeToString(sum[:12])
	x := base64.RawURLEncoding.EncodeToString(public)
	s.set, err = json.Marshal(webKeySet{Keys: []webKey{
		{Type: "OKP", ID: s.id, Use: "sig", Alg: "EdDSA", Curve: "Ed25519", X: x},
	}})
	return s, err
}

func readKey(path string) (ed25519.PrivateKey, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("not PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	private, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, errors.New("not an Ed25519 key")
	}
	return private, nil
}

// createKey writes a new key whole or not at all, never over another: of two that
// create it, both read the same.
func createKey(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), keyFile+"-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	err = pem.Encode(file, &pem.Block{Type: "PRIVATE KEY", Bytes: raw})
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Link(file.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// Issue gives a token that is good for ttl from now.
func (s *Signer) Issue(organisation, subject string, permissions []Permission, ttl time.Duration) (string, error) {
	now := time.Now()
	token := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims{
		"iss": s.issuer, "aud": s.audience, "sub": subject, "org": organisation, "permissions": permissions,
		"iat": now.Unix(), "exp": now.Add(ttl).Unix(),
	})
	token.Header["kid"] = s.id
	return token.SignedString(s.private)
}

// Keys is the signer's set of keys as a [KeySource].
func (s *Signer) Keys(context.Context) ([]byte, error) { return s.set, nil }

// ServeHTTP serves the set, as at /.well-known/jwks.json.
func (s *Signer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/jwk-set+json")
	w.Write(s.set) // a client that is gone needs no answer
}
