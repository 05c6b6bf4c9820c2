package authorize_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"plumbline/internal/auth"
	"plumbline/internal/lambdarun/authorize"
)

const method = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/v1/POST/acme/shop/import-sources"

func TestADecisionHoldsForEveryMethod(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		token  string
		effect string
	}{
		"a valid token":   {"Bearer valid", "Allow"},
		"any other token": {"Bearer invalid", "Deny"},
	} {
		answer, err := handle(c.token, method)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		text, err := json.Marshal(answer.PolicyDocument)
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Action":["execute-api:Invoke"],"Effect":%q,"Resource":["arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/v1/*"]}]}`, c.effect)
		if string(text) != want || answer.PrincipalID == "" {
			t.Errorf("%s: principal %q, policy\n%s, want\n%s", name, answer.PrincipalID, text, want)
		}
	}
}

func TestATokenThatCannotBeJudgedIsNoDecision(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ token, arn string }{{"Bearer unjudged", method}, {"Bearer valid", "nonsense"}, {"Bearer valid", ""}} {
		if answer, err := handle(c.token, c.arn); err == nil {
			t.Errorf("%s at %s: %+v", c.token, c.arn, answer)
		}
	}
}

func TestNothingOfATokenIsLogged(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	a := authorizer(&log)
	for _, token := range []string{"Bearer invalid", "Bearer unjudged"} {
		_, _ = a.Handle(t.Context(), events.APIGatewayCustomAuthorizerRequest{AuthorizationToken: token, MethodArn: method})
	}
	if text := log.String(); text == "" || strings.Contains(text, "Bearer") {
		t.Errorf("log: %s", text)
	}
}

func handle(token, arn string) (events.APIGatewayCustomAuthorizerResponse, error) {
	return authorizer(&bytes.Buffer{}).Handle(context.Background(), events.APIGatewayCustomAuthorizerRequest{Type: "TOKEN", AuthorizationToken: token, MethodArn: arn})
}

func authorizer(log *bytes.Buffer) *authorize.Authorizer {
	return &authorize.Authorizer{Log: slog.New(slog.NewTextHandler(log, nil)), Verify: func(_ context.Context, header string) (auth.Principal, error) {
		switch header {
		case "Bearer valid":
			return auth.Principal{Organisation: "acme", Subject: "alice"}, nil
		case "Bearer unjudged":
			return auth.Principal{}, fmt.Errorf("%w: connection refused", auth.ErrUnavailable)
		}
		return auth.Principal{}, errors.Join(auth.ErrUnauthenticated)
	}}
}
