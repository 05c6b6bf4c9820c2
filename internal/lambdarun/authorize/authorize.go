// Package authorize judges the token of a request before API Gateway calls the function
// that would answer it, as a Lambda authorizer of a REST API.
//
// Its one invariant: it lets nothing pass that the function behind would refuse for its
// token, and the function judges the token again. So it may be left out, and a decision
// that API Gateway keeps for some minutes outlives no token.
//
// A refusal is a policy, which API Gateway keeps as it keeps a permission: whoever
// repeats a token that is not valid is refused without a call of any function.
//
// Start at [Authorizer.Handle].
package authorize

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"plumbline/internal/auth"
)

// Authorizer is the handler of a function.
type Authorizer struct {
	// Verify is [auth.Verifier.Verify].
	Verify func(ctx context.Context, header string) (auth.Principal, error)
	Log    *slog.Logger
}

// Handle answers an authorizer's event of type TOKEN. Its error means that the token
// cannot be judged now; API Gateway keeps none of those.
// Source: API Gateway developer guide, "Use API Gateway Lambda authorizers".
func (a *Authorizer) Handle(ctx context.Context, event events.APIGatewayCustomAuthorizerRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
	resource, err := everyMethod(event.MethodArn)
	if err != nil {
		return events.APIGatewayCustomAuthorizerResponse{}, err
	}
	principal, err := a.Verify(ctx, event.AuthorizationToken)
	switch {
	case errors.Is(err, auth.ErrUnauthenticated):
		a.Log.InfoContext(ctx, "refused", "reason", err)
		return decision("nobody", "Deny", resource), nil
	case err != nil:
		a.Log.ErrorContext(ctx, "not judged", "err", err)
		return events.APIGatewayCustomAuthorizerResponse{}, errors.New("the token cannot be judged now")
	}
	return decision(principal.Organisation+"/"+principal.Subject, "Allow", resource), nil
}

// everyMethod is all methods of the API's stage: the decision is kept by token, whatever
// is asked with it next.
func everyMethod(arn string) (string, error) {
	parts := strings.SplitN(arn, "/", 3)
	if len(parts) < 3 || !strings.HasPrefix(parts[0], "arn:") {
		return "", fmt.Errorf("%q is no method of an API", arn)
	}
	return parts[0] + "/" + parts[1] + "/*", nil
}

func decision(principal, effect, resource string) events.APIGatewayCustomAuthorizerResponse {
	return events.APIGatewayCustomAuthorizerResponse{
		PrincipalID: principal,
		PolicyDocument: events.APIGatewayCustomAuthorizerPolicy{
			Version:   "2012-10-17",
			Statement: []events.IAMPolicyStatement{{Action: []string{"execute-api:Invoke"}, Effect: effect, Resource: []string{resource}}},
		},
	}
}
