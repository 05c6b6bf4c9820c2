package redact_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestWhatIsNoSecretStaysReadable: what states say of tokens, keys and passwords without
// holding one.
func TestWhatIsNoSecretStaysReadable(t *testing.T) {
	t.Parallel()
	encode := func(s string) string { return quoted(base64.StdEncoding.EncodeToString([]byte(s))) }
	for name, raw := range map[string]string{
		"a script for instances": `{"user_data":` + quoted("#!/bin/bash\nset -ex\nTOKEN=$(curl -X PUT \"http://169.254.169.254/latest/api/token\" -H \"X-aws-ec2-metadata-token-ttl-seconds: 21600\")\n"+
			"curl -H \"X-aws-ec2-metadata-token: $TOKEN\" http://169.254.169.254/latest/meta-data/instance-id\naws ssm get-parameter --name /prod/db/password --with-decryption\n") + `}`,
		"cloud-init in base64":     `{"user_data_base64":` + encode("#cloud-config\npackages: [jq]\nusers:\n  - name: ec2-user\n    ssh_authorized_keys:\n      - ssh-rsa AAAAB3 u@h\n") + `}`,
		"a cluster's certificate":  `{"certificate_authority":[{"data":` + encode("-----BEGIN CERTIFICATE-----\nMIIDazCCAlOgAwIBAgIUJ\nabcd=\n-----END CERTIFICATE-----\n") + `}]}`,
		"cookies that are passed":  `{"forwarded_values":[{"cookies":[{"forward":"all","whitelisted_names":["a"]}],"headers":["Authorization","Host"]}]}`,
		"how long tokens are good": `{"access_token_validity":1,"token_validity_units":[{"access_token":"hours","refresh_token":"days"}]}`,
		"how a method is guarded":  `{"api_key_required":true,"authorization":"CUSTOM","identity_source":"method.request.header.Authorization"}`,
		"a condition on a tag":     `{"policy":` + quoted(`{"Statement":[{"Condition":{"StringEquals":{"aws:PrincipalTag/token":"x","sts:ExternalId":"abc"}},"Effect":"Allow"}]}`) + `}`,
		"a database's own secret":  `{"manage_master_user_password":true,"master_user_secret":[{"kms_key_id":"x","secret_arn":"arn:aws:secretsmanager:eu-west-1:1:secret:rds!x","secret_status":"active"}]}`,
		"a log's format":           `{"format":` + quoted(`{"requestId":"$context.requestId","token":"$context.authorizer.token"}`) + `}`,
		"where secrets are":        `{"variables":{"COOKIE_DOMAIN":"example.com","KEY_ID":"k","PASSWORD_FILE":"/run/x","SECRET_ARN":"arn:aws:x","SECRET_NAME":"prod/db","TOKEN_URL":"https://h/t"}}`,
		"a pod that mounts one": `{"rendered":` + quoted("kind: Pod\nspec:\n  containers:\n  - name: app\n    env:\n    - name: TOKEN\n      valueFrom:\n        secretKeyRef: {name: x, key: token}\n"+
			"  volumes:\n  - name: token\n    secret:\n      secretName: token\n  imagePullSecrets:\n  - name: regcred\n") + `}`,
		"a server's settings": `{"content":` + quoted("server {\n  proxy_set_header Authorization $http_authorization;\n  auth_request_set $token $upstream_http_x_token;\n  add_header Set-Cookie \"a=$cookie_a\";\n}\n") + `}`,
		"a function": `{"code":` + quoted("import os\n\ndef handler(event, context):\n    secret = client.get_secret_value(SecretId=os.environ['SECRET_ARN'])\n"+
			"    token = event['headers']['authorization'].split(' ')[1]\n    headers = {'Authorization': f'Bearer {token}'}\n") + `}`,
		"a function of Node": `{"code":` + quoted("exports.handler = async (event) => {\n  const token = event.authorizationToken;\n  const apiKey = process.env.API_KEY;\n  if (token === secret) { return 1; }\n  let password: string;\n};\n") + `}`,
		"a pattern":          `{"pattern":"{ $.token = \"*\" }","query":"filter @message like /password=/ | stats count(*) by token"}`,
		"digests":            `{"content_base64sha512":` + encode(some(64)) + `,"etag":"0123456789abcdef0123456789abcdef"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(canonical(t, raw), redacted(t, "t", raw)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestALongTextIsLookedThroughOnce: the same values in thousands of places.
func TestALongTextIsLookedThroughOnce(t *testing.T) {
	t.Parallel()
	one := quoted("mail:\n  host: h\n  password: Xk29-hunter\n" + strings.Repeat("entry:\n- a: [b, {c: d}]\n---\n", 5_000))
	raw := `{"a":[` + strings.Repeat(one+",", 200) + `"x"]}`
	start := time.Now()
	got := redacted(t, "t", raw)
	if strings.Contains(got, "hunter") || strings.Count(got, `"S"`) != 200 || time.Since(start) > 20*time.Second {
		t.Errorf("%d hidden, %s", strings.Count(got, `"S"`), time.Since(start))
	}
}
