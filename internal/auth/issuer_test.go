package auth_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"plumbline/internal/auth"
)

const (
	issuerName = "https://issuer.example"
	audience   = "plumbline"
)

// now is the clock of every test that does not turn it.
var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// issuer has a private key of each kind.
type issuer struct {
	ed25519 ed25519.PrivateKey
	p256    *ecdsa.PrivateKey
	p384    *ecdsa.PrivateKey
	rsa     *rsa.PrivateKey
	weak    *rsa.PrivateKey
}

// newIssuer makes its keys once, since RSA keys take a while.
var newIssuer = sync.OnceValue(func() *issuer {
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	var is issuer
	var err error
	_, is.ed25519, err = ed25519.GenerateKey(rand.Reader)
	must(err)
	is.p256, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	is.p384, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	must(err)
	is.rsa, err = rsa.GenerateKey(rand.Reader, 2048)
	must(err)
	is.weak, err = rsa.GenerateKey(rand.Reader, 1024)
	must(err)
	return &is
})

// jwk is one key of a set, by members.
type jwk map[string]string

func b64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func ed25519Key(id string, public ed25519.PublicKey) jwk {
	return jwk{"kty": "OKP", "crv": "Ed25519", "kid": id, "x": b64(public)}
}

func ecKey(id, curve string, private *ecdsa.PrivateKey) jwk {
	point, err := private.PublicKey.Bytes()
	if err != nil {
		panic(err)
	}
	half := len(point) / 2
	return jwk{"kty": "EC", "crv": curve, "kid": id, "x": b64(point[1 : 1+half]), "y": b64(point[1+half:])}
}

func rsaKey(id string, private *rsa.PrivateKey) jwk {
	e := big.NewInt(int64(private.E)).Bytes()
	return jwk{"kty": "RSA", "kid": id, "n": b64(private.N.Bytes()), "e": b64(e)}
}

// set is every key of the issuer, by its kind.
func (is *issuer) set() []jwk {
	encryption := rsaKey("rsa-encryption", is.rsa)
	encryption["use"] = "enc"
	only := rsaKey("rsa-512-only", is.rsa)
	only["alg"] = "RS512"
	return []jwk{
		ed25519Key("ed", is.ed25519.Public().(ed25519.PublicKey)),
		ecKey("p256", "P-256", is.p256), ecKey("p384", "P-384", is.p384),
		rsaKey("rsa", is.rsa), rsaKey("weak", is.weak), encryption, only,
		{"kty": "oct", "kid": "secret", "k": "c2VjcmV0"},
		{"kty": "EC", "crv": "P-256", "kid": "off-curve", "x": b64(make([]byte, 32)), "y": b64(make([]byte, 32))},
	}
}

func serve(keys ...jwk) auth.KeySource {
	text, err := json.Marshal(map[string]any{"keys": keys})
	return func(context.Context) ([]byte, error) { return text, err }
}

// claims are those of a good token, with some set anew; nil removes one.
func claims(changes ...jwt.MapClaims) jwt.MapClaims {
	all := jwt.MapClaims{
		"iss": issuerName, "aud": audience, "exp": now.Add(time.Hour).Unix(), "sub": "ann", "org": "acme",
		"permissions": []string{"data:write", "data:read"},
	}
	for _, change := range changes {
		for name, value := range change {
			if all[name] = value; value == nil {
				delete(all, name)
			}
		}
	}
	return all
}

// sign makes a token; header adds to or, by nil, takes from its header.
func sign(t *testing.T, alg, kid string, private any, claims jwt.MapClaims, header ...map[string]any) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.GetSigningMethod(alg), claims)
	token.Header["kid"] = kid
	for _, change := range header {
		for name, value := range change {
			if token.Header[name] = value; value == nil {
				delete(token.Header, name)
			}
		}
	}
	text, err := token.SignedString(private)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func newVerifier(t *testing.T, config auth.Config) *auth.Verifier {
	t.Helper()
	config.Issuer, config.Audience = issuerName, []string{audience, "another"}
	if config.Now == nil {
		config.Now = func() time.Time { return now }
	}
	if config.Keys == nil {
		config.Keys = serve(newIssuer().set()...)
	}
	verifier, err := auth.NewVerifier(config)
	if err != nil {
		t.Fatal(err)
	}
	return verifier
}
