package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Config says which tokens a verifier takes.
type Config struct {
	// Issuer is what `iss` must be; not empty.
	Issuer string
	// Audience is what `aud` must hold one of; at least one, none of them empty.
	Audience []string
	// Keys is where the issuer's keys come from.
	Keys KeySource
	// OrganisationClaim names the claim with the organisation; "" means "org".
	OrganisationClaim string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

const (
	// Leeway is how far clocks may differ, for `exp` and `nbf`.
	Leeway = 30 * time.Second
	// MaxToken is the longest token in bytes.
	MaxToken = 8 << 10
)

// algorithms is the closed list: signatures by public keys only.
var algorithms = []string{"EdDSA", "ES256", "ES384", "RS256", "RS384", "RS512", "PS256"}

// Verifier verifies tokens. Safe for concurrent use; it asks for no key before the
// first token.
type Verifier struct {
	organisation string
	parser       *jwt.Parser
	keys         *cache
}

// NewVerifier refuses a configuration under which some check would be left out.
func NewVerifier(config Config) (*Verifier, error) {
	if config.Issuer == "" || len(config.Audience) == 0 || slices.Contains(config.Audience, "") || config.Keys == nil {
		return nil, errors.New("verify tokens: issuer, audience and keys are required")
	}
	if config.OrganisationClaim == "" {
		config.OrganisationClaim = "org"
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	parser := jwt.NewParser(
		jwt.WithValidMethods(algorithms), jwt.WithIssuer(config.Issuer), jwt.WithAudience(config.Audience...),
		jwt.WithExpirationRequired(), jwt.WithLeeway(Leeway), jwt.WithTimeFunc(config.Now),
		jwt.WithStrictDecoding(),
	)
	return &Verifier{
		organisation: config.OrganisationClaim, parser: parser,
		keys: &cache{source: config.Keys, now: config.Now},
	}, nil
}

// Verify takes the value of an Authorization header, "Bearer <token>". Its errors
// are [ErrUnauthenticated] and [ErrUnavailable], each with a reason for the log.
func (v *Verifier) Verify(ctx context.Context, header string) (Principal, error) {
	token, err := bearer(header)
	if err != nil {
		return Principal{}, err
	}
	claims := jwt.MapClaims{}
	var keyErr error
	_, err = v.parser.ParseWithClaims(token, claims, func(t *jwt.Token) (key any, err error) {
		key, keyErr = v.key(ctx, t)
		return key, keyErr
	})
	switch {
	case keyErr != nil:
		return Principal{}, keyErr
	case err != nil:
		return Principal{}, reason(err)
	}
	return v.principal(claims)
}

// bearer takes the token out of the header.
func bearer(header string) (string, error) {
	scheme, token, ok := strings.Cut(header, " ")
	switch {
	case header == "":
		return "", refused("no Authorization header")
	case !ok || !strings.EqualFold(scheme, "Bearer"):
		return "", refused("the Authorization header is not Bearer and a token")
	case len(token) > MaxToken:
		return "", refused(fmt.Sprintf("the token has %d bytes, the most is %d", len(token), MaxToken))
	}
	return token, nil
}

// key finds the key that a token names. The token is not verified yet.
func (v *Verifier) key(ctx context.Context, token *jwt.Token) (any, error) {
	if _, ok := token.Header["crit"]; ok {
		return nil, refused("the token has critical extensions") // RFC 7515, 4.1.11: none is understood
	}
	id, ok := token.Header["kid"].(string)
	if _, given := token.Header["kid"]; given && !ok {
		return nil, refused("kid is not a string")
	}
	return v.keys.find(ctx, id, token.Method.Alg())
}

func refused(reason string) error { return fmt.Errorf("%w: %s", ErrUnauthenticated, reason) }

// reason says why the parser refused a token, in words of ours: its own may quote the
// token.
func reason(err error) error {
	for _, known := range []struct {
		err  error
		text string
	}{
		{jwt.ErrTokenMalformed, "the token is malformed"},
		{jwt.ErrTokenUnverifiable, "the algorithm is unknown"},
		{jwt.ErrTokenSignatureInvalid, "the algorithm is not allowed or the signature does not match"},
		{jwt.ErrTokenRequiredClaimMissing, "exp, iss or aud is missing"},
		{jwt.ErrTokenExpired, "the token is expired"},
		{jwt.ErrTokenNotValidYet, "the token is not valid yet"},
		{jwt.ErrTokenInvalidAudience, "another audience"},
		{jwt.ErrTokenInvalidIssuer, "another issuer"},
	} {
		if errors.Is(err, known.err) {
			return refused(known.text)
		}
	}
	return refused("the claims are invalid")
}
