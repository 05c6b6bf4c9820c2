package auth_test

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"plumbline/internal/auth"
)

func TestEveryAllowedAlgorithmVerifies(t *testing.T) {
	t.Parallel()
	is := newIssuer()
	verifier := newVerifier(t, auth.Config{})
	want := auth.Principal{
		Subject: "ann", Organisation: "acme", Permissions: []auth.Permission{auth.DataRead, auth.DataWrite},
	}
	for _, c := range []struct {
		alg, kid string
		key      any
	}{
		{"EdDSA", "ed", is.ed25519}, {"ES256", "p256", is.p256}, {"ES384", "p384", is.p384},
		{"RS256", "rsa", is.rsa}, {"RS384", "rsa", is.rsa}, {"RS512", "rsa", is.rsa}, {"PS256", "rsa", is.rsa},
		{"RS512", "rsa-512-only", is.rsa},
	} {
		got, err := verifier.Verify(t.Context(), "Bearer "+sign(t, c.alg, c.kid, c.key, claims()))
		if err != nil {
			t.Errorf("%s: %v", c.alg, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.alg, diff)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	is := newIssuer()
	at := func(d time.Duration) int64 { return now.Add(d).Unix() }
	ed := func(changes ...jwt.MapClaims) string { return sign(t, "EdDSA", "ed", is.ed25519, claims(changes...)) }
	header := func(changes map[string]any) string { return sign(t, "EdDSA", "ed", is.ed25519, claims(), changes) }
	good := ed()
	parts := strings.Split(good, ".")
	none := jwt.NewWithClaims(jwt.SigningMethodNone, claims())
	none.Header["kid"] = "ed"
	unsigned, err := none.SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(is.rsa.Public())
	if err != nil {
		t.Fatal(err)
	}
	publicPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	reheadered := func(alg, kid string) string {
		raw, _ := json.Marshal(map[string]string{"alg": alg, "kid": kid, "typ": "JWT"})
		return b64(raw) + "." + parts[1] + "." + parts[2]
	}

	for _, c := range []struct{ name, header, reason string }{
		{"no header", "", "no Authorization header"},
		{"another scheme", "Basic " + good, "not Bearer"},
		{"the token alone", good, "not Bearer"},
		{"nothing behind the scheme", "Bearer ", "malformed"},
		{"two blanks", "Bearer  " + good, "malformed"},
		{"garbage", "Bearer garbage", "malformed"},
		{"garbage of three parts", "Bearer a.b.c", "malformed"},
		{"two parts", "Bearer " + parts[0] + "." + parts[1], "malformed"},
		{"four parts", "Bearer " + good + ".x", "malformed"},
		{"a huge token", "Bearer " + strings.Repeat("a", auth.MaxToken+1), "8193 bytes"},
		{"a huge claim", "Bearer " + ed(jwt.MapClaims{"x": strings.Repeat("x", auth.MaxToken)}), "bytes"},
		{"alg none", "Bearer " + unsigned, "algorithm is not allowed"},
		{"alg none without a signature", "Bearer " + strings.TrimRight(unsigned, ".") + ".", "algorithm is not allowed"},
		{"alg None", "Bearer " + reheadered("None", "ed"), "algorithm is unknown"},
		{"no alg", "Bearer " + reheadered("", "ed"), "algorithm is unknown"},
		{"HS256 with the public key as secret", "Bearer " + sign(t, "HS256", "rsa", publicPEM, claims()), "algorithm is not allowed"},
		{"HS256 with a key of the set", "Bearer " + sign(t, "HS256", "secret", []byte("secret"), claims()), "algorithm is not allowed"},
		{"PS512, which is not on the list", "Bearer " + sign(t, "PS512", "rsa", is.rsa, claims()), "algorithm is not allowed"},
		{"an RSA key under EdDSA", "Bearer " + reheadered("EdDSA", "rsa"), "does not fit"},
		{"an Ed25519 key under RS256", "Bearer " + sign(t, "RS256", "ed", is.rsa, claims()), "does not fit"},
		{"a P-384 key under ES256", "Bearer " + sign(t, "ES256", "p384", is.p256, claims()), "does not fit"},
		{"an algorithm that the key excludes", "Bearer " + sign(t, "RS256", "rsa-512-only", is.rsa, claims()), "does not fit"},
		{"a weak key", "Bearer " + sign(t, "RS256", "weak", is.weak, claims()), "names no key"},
		{"a key for encryption", "Bearer " + sign(t, "RS256", "rsa-encryption", is.rsa, claims()), "names no key"},
		{"a point off its curve", "Bearer " + sign(t, "ES256", "off-curve", is.p256, claims()), "names no key"},
		{"another's signature", "Bearer " + sign(t, "ES256", "p256", anotherP256(t), claims()), "signature"},
		{"a signature cut", "Bearer " + good[:len(good)-2], "signature"},
		{"claims exchanged", "Bearer " + parts[0] + "." + strings.Split(ed(jwt.MapClaims{"org": "other"}), ".")[1] + "." + parts[2], "signature"},
		{"an unknown kid", "Bearer " + header(map[string]any{"kid": "other"}), "names no key"},
		{"no kid among several keys", "Bearer " + header(map[string]any{"kid": nil}), "names no key"},
		{"a kid that is no string", "Bearer " + header(map[string]any{"kid": 7}), "kid is not a string"},
		{"critical extensions", "Bearer " + header(map[string]any{"crit": []string{"b64"}, "b64": false}), "critical"},
		{"no exp", "Bearer " + ed(jwt.MapClaims{"exp": nil}), "exp, iss or aud is missing"},
		{"no iss", "Bearer " + ed(jwt.MapClaims{"iss": nil}), "exp, iss or aud is missing"},
		{"no aud", "Bearer " + ed(jwt.MapClaims{"aud": nil}), "exp, iss or aud is missing"},
		{"expired", "Bearer " + ed(jwt.MapClaims{"exp": at(-31 * time.Second)}), "expired"},
		{"exp as text", "Bearer " + ed(jwt.MapClaims{"exp": "tomorrow"}), "claims are invalid"},
		{"nbf in the future", "Bearer " + ed(jwt.MapClaims{"nbf": at(31 * time.Second)}), "not valid yet"},
		{"another audience", "Bearer " + ed(jwt.MapClaims{"aud": []string{"a", "b"}}), "another audience"},
		{"another issuer", "Bearer " + ed(jwt.MapClaims{"iss": issuerName + "/"}), "another issuer"},
		{"no organisation", "Bearer " + ed(jwt.MapClaims{"org": nil}), "names no organisation"},
		{"an organisation that is no string", "Bearer " + ed(jwt.MapClaims{"org": []string{"acme"}}), "names no organisation"},
		{"permissions as text", "Bearer " + ed(jwt.MapClaims{"permissions": "data:read"}), "not an array"},
		{"permissions of numbers", "Bearer " + ed(jwt.MapClaims{"permissions": []int{1}}), "not an array"},
		{"a scope that is no string", "Bearer " + ed(jwt.MapClaims{"permissions": nil, "scope": []string{"data:read"}}), "scope"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			principal, err := newVerifier(t, auth.Config{}).Verify(t.Context(), c.header)
			if !errors.Is(err, auth.ErrUnauthenticated) || errors.Is(err, auth.ErrUnavailable) {
				t.Fatalf("verify: %+v, %v; want ErrUnauthenticated", principal, err)
			}
			if !strings.Contains(err.Error(), c.reason) {
				t.Errorf("verify: %v, want %q", err, c.reason)
			}
			for _, part := range append(parts, "garbage") {
				if strings.Contains(err.Error(), part) {
					t.Errorf("%q quotes the token", err)
				}
			}
		})
	}
}

func TestClaims(t *testing.T) {
	t.Parallel()
	is := newIssuer()
	at := func(d time.Duration) int64 { return now.Add(d).Unix() }
	for _, c := range []struct {
		name    string
		changes jwt.MapClaims
		config  auth.Config
		want    auth.Principal
	}{
		{
			name:    "exp and nbf within the leeway",
			changes: jwt.MapClaims{"exp": at(-29 * time.Second), "nbf": at(29 * time.Second), "permissions": nil},
			want:    auth.Principal{Subject: "ann", Organisation: "acme"},
		},
		{
			name:    "a scope with names of others",
			changes: jwt.MapClaims{"permissions": nil, "scope": "openid catalog:read tokens:manage catalog:read"},
			want: auth.Principal{
				Subject: "ann", Organisation: "acme", Permissions: []auth.Permission{auth.CatalogRead, auth.TokensManage},
			},
		},
		{
			name:    "permissions before scope, even when empty",
			changes: jwt.MapClaims{"permissions": []string{}, "scope": "data:read"},
			want:    auth.Principal{Subject: "ann", Organisation: "acme"},
		},
		{
			name:    "several audiences and no subject",
			changes: jwt.MapClaims{"aud": []string{"other", audience}, "sub": nil, "permissions": nil},
			want:    auth.Principal{Organisation: "acme"},
		},
		{
			name:    "another claim for the organisation",
			changes: jwt.MapClaims{"https://example/org": "globex", "permissions": nil},
			config:  auth.Config{OrganisationClaim: "https://example/org"},
			want:    auth.Principal{Subject: "ann", Organisation: "globex"},
		},
	} {
		token := sign(t, "EdDSA", "ed", is.ed25519, claims(c.changes))
		got, err := newVerifier(t, c.config).Verify(t.Context(), "bearer "+token)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestMay(t *testing.T) {
	t.Parallel()
	p := auth.Principal{Permissions: []auth.Permission{auth.DataRead}}
	if !p.May(auth.DataRead) || p.May(auth.DataWrite) || (auth.Principal{}).May("") {
		t.Error("a principal may what it was given and nothing else")
	}
}

func TestAVerifierLeavesNoCheckOut(t *testing.T) {
	t.Parallel()
	keys := serve()
	for _, config := range []auth.Config{
		{Audience: []string{"a"}, Keys: keys}, {Issuer: "i", Keys: keys}, {Issuer: "i", Audience: []string{"a"}},
		{Issuer: "i", Audience: []string{""}, Keys: keys}, {Issuer: "i", Keys: keys, Audience: []string{}},
	} {
		if _, err := auth.NewVerifier(config); err == nil {
			t.Errorf("verifier of %+v", config)
		}
	}
}

func TestParsePermissions(t *testing.T) {
	t.Parallel()
	got, err := auth.ParsePermissions("data:write,catalog:read data:write")
	if diff := cmp.Diff([]auth.Permission{auth.CatalogRead, auth.DataWrite}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if _, err := auth.ParsePermissions("data:read,data:delete"); err == nil || err.Error() != "unknown permission data:delete" {
		t.Errorf("unknown permission: %v", err)
	}
}
