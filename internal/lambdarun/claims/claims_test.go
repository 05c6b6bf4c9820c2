package claims_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/lambdarun/claims"
)

func TestClaimsComeFromWhatAnAdministratorHasSet(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ event, want string }{
		"a person, by attributes": {
			`{"version":"3","triggerSource":"TokenGeneration_Authentication","callerContext":{"clientId":"c1"},"request":{"userAttributes":
 {"sub":"u1","custom:org":"acme","custom:permissions":"data:read, data:write"},"scopes":["aws.cognito.signin.user.admin"]},"response":{}}`,
			`{"org":"acme","permissions":["data:read","data:write"],"aud":"c1"}`,
		},
		"a person, whatever scopes it asks for": {
			`{"version":"3","triggerSource":"TokenGeneration_RefreshTokens","callerContext":{"clientId":"c1"},"request":{"userAttributes":
 {"sub":"u1","custom:org":"acme"},"scopes":["plumbline:globex/data:write"]},"response":{}}`,
			`{"org":"acme","permissions":[],"aud":"c1"}`,
		},
		"a person of no organisation": {
			`{"version":"3","triggerSource":"TokenGeneration_Authentication","callerContext":{"clientId":"c1"},"request":{"userAttributes":{"sub":"u1"}},"response":{}}`,
			`null`,
		},
		"a machine, by the scopes of its organisation": {
			`{"version":"3","triggerSource":"TokenGeneration_ClientCredentials","callerContext":{"clientId":"m1"},"request":{"scopes":
 ["other/data:write","plumbline:acme/data:read","plumbline:acme/catalog:read"]},"response":{}}`,
			`{"org":"acme","permissions":["data:read","catalog:read"],"aud":"m1"}`,
		},
		"a machine without scopes of ours": {
			`{"version":"3","triggerSource":"TokenGeneration_ClientCredentials","callerContext":{"clientId":"m1"},"request":{"scopes":["plumbline:/data:read","plumbline:acme"]},"response":{}}`,
			`null`,
		},
	} {
		var event claims.Event
		if err := json.Unmarshal([]byte(c.event), &event); err != nil {
			t.Fatal(err)
		}
		answer, err := claims.Handle(t.Context(), event)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var want, got any
		text, _ := json.Marshal(answer.Response.ClaimsAndScopeOverrideDetails.AccessTokenGeneration.ClaimsToAddOrOverride)
		_, _ = json.Unmarshal([]byte(c.want), &want), json.Unmarshal(text, &got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAMachineSpeaksForOneOrganisation(t *testing.T) {
	t.Parallel()
	event := claims.Event{}
	event.TriggerSource, event.Request.Scopes = "TokenGeneration_ClientCredentials", []string{"plumbline:acme/data:read", "plumbline:globex/data:read"}
	if answer, err := claims.Handle(t.Context(), event); err == nil {
		t.Errorf("answered %+v", answer.Response)
	}
}
