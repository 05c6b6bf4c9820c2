// Package claims gives the access tokens of a Cognito user pool the claims that
// Plumbline reads, as a pre token generation trigger of version 3.
//
//	caller    organisation                         permissions
//	person    attribute custom:org                 attribute custom:permissions
//	machine   resource server of its scopes,       the scopes of that server
//	          "plumbline:<organisation>"
//
// Its one invariant: both come from what an administrator has set. A person may not
// write these attributes (the pool's client), a machine is given no scope that its
// client was not allowed.
//
// A caller of no organisation gets a token without the claims, which Plumbline refuses.
//
// Start at [Handle].
package claims

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// ServerPrefix begins the identifier of an organisation's resource server.
const ServerPrefix = "plumbline:"

// machineToken is the source of an event for a client's own credentials.
const machineToken = "TokenGeneration_ClientCredentials"

// Event is the trigger's; versions 2 and 3 have one shape.
type Event = events.CognitoEventUserPoolsPreTokenGenV2_0

// Handle answers the trigger. Its error refuses the token: a machine asked for scopes of
// two organisations.
// Source: Amazon Cognito developer guide, "Pre token generation Lambda trigger"; aud of an
// access token may be set to the id of its own client only.
func Handle(_ context.Context, event Event) (Event, error) {
	organisation, permissions, err := grants(event)
	if err != nil || organisation == "" {
		return event, err
	}
	event.Response.ClaimsAndScopeOverrideDetails.AccessTokenGeneration.ClaimsToAddOrOverride = map[string]any{
		"org": organisation, "permissions": permissions, "aud": event.CallerContext.ClientID,
	}
	return event, nil
}

func grants(event Event) (organisation string, permissions []string, err error) {
	if event.TriggerSource != machineToken {
		attributes := event.Request.UserAttributes
		return attributes["custom:org"], list(attributes["custom:permissions"]), nil
	}
	permissions = []string{}
	for _, scope := range event.Request.Scopes {
		named, ok := strings.CutPrefix(scope, ServerPrefix)
		of, permission, isOurs := strings.Cut(named, "/")
		if !ok || !isOurs || of == "" {
			continue
		}
		if organisation != "" && organisation != of {
			return "", nil, errors.New("the scopes are of more than one organisation")
		}
		organisation, permissions = of, append(permissions, permission)
	}
	return organisation, permissions, nil
}

// list separates names by blanks and commas; it is never nil, which JSON would show as
// null.
func list(text string) []string {
	return append([]string{}, strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' })...)
}
