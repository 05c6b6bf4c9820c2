package auth

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
)

// key is one public key of an issuer.
type key struct {
	id         string
	algorithms []string // those that it may check, see [algorithms]
	public     any      // as golang-jwt takes it
}

// webKey is a key as RFC 7517, 7518 and 8037 write it; binary values are base64url.
type webKey struct {
	Type  string `json:"kty"`
	ID    string `json:"kid,omitempty"`
	Use   string `json:"use,omitempty"`
	Alg   string `json:"alg,omitempty"`
	Curve string `json:"crv,omitempty"`
	X     string `json:"x,omitempty"`
	Y     string `json:"y,omitempty"`
	N     string `json:"n,omitempty"`
	E     string `json:"e,omitempty"`
}

type webKeySet struct {
	Keys []webKey `json:"keys"`
}

// parseKeys reads a JWK set. Keys of other types, for other uses or that are weak
// are passed over; a set of which none is left is an error.
func parseKeys(text []byte) ([]key, error) {
	var set webKeySet
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, fmt.Errorf("parse key set: %w", err)
	}
	var keys []key
	for _, given := range set.Keys {
		if given.Use != "" && given.Use != "sig" {
			continue
		}
		if parsed, ok := given.parse(); ok {
			keys = append(keys, parsed)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("parse key set: no usable key")
	}
	return keys, nil
}

// parse gives the key with the algorithms that fit its type; where it names one
// itself, with that alone.
func (k webKey) parse() (key, bool) {
	public, fits := k.public()
	if k.Alg == "Ed25519" {
		k.Alg = "EdDSA" // RFC 9864 names the curve
	}
	if k.Alg != "" {
		fits = slices.DeleteFunc(fits, func(algorithm string) bool { return algorithm != k.Alg })
	}
	return key{id: k.ID, algorithms: fits, public: public}, len(fits) > 0
}

func (k webKey) public() (public any, fits []string) {
	switch {
	case k.Type == "OKP" && k.Curve == "Ed25519":
		if x := decode(k.X); len(x) == ed25519.PublicKeySize {
			return ed25519.PublicKey(x), []string{"EdDSA"}
		}
	case k.Type == "EC" && k.Curve == "P-256":
		return k.point(elliptic.P256(), "ES256")
	case k.Type == "EC" && k.Curve == "P-384":
		return k.point(elliptic.P384(), "ES384")
	case k.Type == "RSA":
		return k.modulus()
	}
	return nil, nil
}

// point gives a key on a curve, which the point is checked to be on.
func (k webKey) point(curve elliptic.Curve, algorithm string) (any, []string) {
	uncompressed := append([]byte{4}, append(decode(k.X), decode(k.Y)...)...)
	public, err := ecdsa.ParseUncompressedPublicKey(curve, uncompressed)
	if err != nil {
		return nil, nil
	}
	return public, []string{algorithm}
}

// minModulus is the shortest RSA key in bits. Source: RFC 7518, 3.3.
const minModulus = 2048

func (k webKey) modulus() (any, []string) {
	n, e := new(big.Int).SetBytes(decode(k.N)), new(big.Int).SetBytes(decode(k.E))
	if n.BitLen() < minModulus || !e.IsInt64() || e.Int64() < 3 || e.Int64() > 1<<31-1 {
		return nil, nil
	}
	return &rsa.PublicKey{N: n, E: int(e.Int64())}, []string{"RS256", "RS384", "RS512", "PS256"}
}

// decode gives nil for what is not base64url.
func decode(text string) []byte {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return raw
}
