package redact_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"plumbline/internal/catalog"
	"plumbline/internal/reader/redact"
)

// quoted is a text as a JSON string.
func quoted(text string) string {
	v, _ := json.Marshal(text)
	return string(v)
}

func TestJSONTextThatHoldsASecret(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a secret name":                      `{"db":{"password":"x"}}`,
		"container definitions":              `[{"name":"app","image":"a","environment":[{"name":"HOST","value":"h"},{"name":"DB_PASSWORD","value":"x"}]}]`,
		"a pair with the value first":        `{"value":"x","key":"token"}`,
		"a tree under a secret name":         `{"credentials":{"user":"u"}}`,
		"after white space":                  " \n\t\r{\"password\":\"x\"}\n",
		"indented":                           "{\n  \"password\": \"x\"\n}",
		"names with escapes":                 `{"\u0070assword":"x"}`,
		"a name twice":                       `{"password":"","password":"x"}`,
		"half a surrogate":                   `{"a":"\ud800","password":"x"}`,
		"JSON text in JSON text":             `{"inner":` + quoted(`{"inner":`+quoted(`{"password":"x"}`)+`}`) + `}`,
		"JSON text that was quoted twice":    quoted(`{"password":"x"}`),
		"JSON text beyond the last level":    nested(6, `{"a":1}`),
		"a tree beyond the last depth":       strings.Repeat("[", 101) + strings.Repeat("]", 101),
		"a text beyond the size":             `{"a":"` + strings.Repeat("x", 1<<20) + `"}`,
		"a string in an API's description":   `{"openapi":"3.0.1","paths":{"/token":{"post":{"x-parameters":{"header.x-api-key":"x"}}}}}`,
		"a password in a policy's condition": `{"Statement":[{"Effect":"Allow","Condition":{"StringEquals":{"password":"x"}}}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := `{"a":[` + quoted(text) + `],"b":"x"}`
			if diff := cmp.Diff(`{"a":["S"],"b":"x"}`, redacted(t, "t", raw)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheBracketOfJSONTextMayBeEscaped(t *testing.T) {
	t.Parallel()
	raw := `{"a":"\u0020\u007b\"password\":\"x\"}"}`
	if diff := cmp.Diff(`{"a":"S"}`, redacted(t, "t", raw)); diff != "" {
		t.Error(diff)
	}
}

// nested puts JSON text so many times into a string of another.
func nested(times int, text string) string {
	for range times {
		text = `{"a":` + quoted(text) + `}`
	}
	return text
}

func TestJSONTextThatHoldsNone(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a policy for secrets":      `{"Version":"2012-10-17","Statement":[{"Sid":"ReadSecretToken","Effect":"Allow","Action":["secretsmanager:GetSecretValue","ssm:GetParameter","iam:CreateAccessKey"],"Resource":"arn:aws:secretsmanager:*:*:secret:prod/*","Condition":{"Bool":{"aws:SecureTransport":"true","aws:MultiFactorAuthPresent":"true"},"StringEquals":{"secretsmanager:VersionStage":"AWSCURRENT","secretsmanager:SecretId":"x","kms:EncryptionContext:SecretARN":"arn:aws:x","secretsmanager:ResourceTag/team":"a"},"DateLessThan":{"aws:TokenIssueTime":"2026-01-01"}}}]}`,
		"a trust of GitHub":         `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"},"StringLike":{"token.actions.githubusercontent.com:sub":"repo:a/b:*"}}}]}`,
		"a trust of a cluster":      `{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub":"system:serviceaccount:a:b","sts:ExternalId":"x"}}}]}`,
		"a policy about metadata":   `{"Statement":[{"Effect":"Deny","Action":"ec2:RunInstances","Condition":{"StringNotEquals":{"ec2:MetadataHttpTokens":"required"}}}]}`,
		"a queue's redrive policy":  `{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:1:q","maxReceiveCount":3}`,
		"references in a container": `[{"name":"app","secrets":[{"name":"DB_PASSWORD","valueFrom":"arn:aws:ssm:eu-west-1:1:parameter/db"}],"environment":[{"name":"DB_SECRET_ARN","value":"arn:aws:x"},{"name":"HOST","value":"h"}],"repositoryCredentials":{"credentialsParameter":"arn:aws:secretsmanager:eu-west-1:1:secret:r"}}]`,
		"an API's description":      `{"openapi":"3.0.1","paths":{"/oauth/token":{"post":{"security":[{"api_key":[]}]}}},"components":{"schemas":{"Login":{"properties":{"password":{"type":"string"}}}},"securitySchemes":{"api_key":{"type":"apiKey","name":"x-api-key","in":"header"}}},"x-amazon-apigateway-api-key-source":"HEADER"}`,
		"a state machine":           `{"StartAt":"Get Secret","States":{"Get Secret":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke.waitForTaskToken","Parameters":{"TaskToken.$":"$$.Task.Token"},"End":true}}}`,
		"plain under secret names":  `{"password":"","token":true,"secrets":[],"api_key":null}`,
		"no JSON":                   `{"password": }`,
		"two values":                `{"password":"x"} {}`,
		"a template":                `{{ .Values.password }}`,
		"a log line":                `[INFO] password: x`,
		"a quoted text":             `"v=spf1 -all"`,
		"a list of texts":           `["password","x"]`,
		"levels that are allowed":   nested(3, `{"a":1}`),
		"an empty object":           `{}`,
		"an open bracket":           `[`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, _ := json.Marshal(map[string]any{"a": text})
			var tree any
			if err := json.Unmarshal([]byte(redacted(t, "t", string(want))), &tree); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(any(map[string]any{"a": text}), tree); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestJSONTextTeachesItsSecretsAlone(t *testing.T) {
	t.Parallel()
	text := `{"host":"db.example.com","password":"correct horse","env":[{"value":"battery staple","name":"TOKEN"}],"inner":` + quoted(`{"api_key":"tr0ub4dor&3"}`) + `}`
	raw := `{"a":"-correct horse-","b":"battery staple","c":"x tr0ub4dor&3","d":"db.example.com"}`
	want := `{"a":"S","b":"S","c":"S","d":"db.example.com"}`
	for name, learn := range map[string]string{
		"in a string of no secret name": `{"settings":` + quoted(text) + `}`,
		"in a secret string":            `{"secret_string":` + quoted(text) + `}`,
		"in a pair":                     `{"name":"secret","value":` + quoted(text) + `}`,
	} {
		if diff := cmp.Diff(want, redacted(t, "t", raw, learn)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	other := `{"text":` + quoted(`{"host":"db.example.com","b":1}`) + `}`
	if got := redacted(t, "t", other, `{"settings":`+quoted(text)+`}`); got != other {
		t.Errorf("text that begins alike became %s", got)
	}
}

// TestNoPlantedSecretIsInTheOutput puts a secret where only its surroundings tell that
// it is one, at any depth, in trees and in texts of JSON, and again where nothing does.
func TestNoPlantedSecretIsInTheOutput(t *testing.T) {
	t.Parallel()
	keys := mustKeys(t, "k:"+key).For("acme")
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[a-z"\\<é/]{8,20}`).Draw(t, "secret") + "~Q"
		planted := plant(t, secret)
		learn, _ := json.Marshal(map[string]any{"x": planted})
		again, _ := json.Marshal(map[string]any{"a": "-" + secret, "b": planted, "c": map[string]any{"d": secret, "host": "h"}})
		r := redact.NewRedactor(keys, 200)
		// what needs no second pass is redacted in the first one
		for range 2 {
			for _, raw := range [][]byte{learn, again} {
				out, _, err := r.Append(nil, redact.Object{Entity: uuid.UUID{}, Raw: raw})
				if err != nil {
					t.Fatal(err)
				}
				if string(raw) == string(learn) || r.Frozen() {
					refuseForms(t, out, secret)
				}
			}
			r.Freeze()
		}
	})
}

func refuseForms(t *rapid.T, out catalog.Value, secret string) {
	form := secret
	for range 4 {
		if strings.Contains(string(out), form) {
			t.Fatalf("%q is in %s", form, out)
		}
		q := quoted(form)
		form = q[1 : len(q)-1]
	}
}

// plant draws surroundings that tell of a secret, and wraps them.
func plant(t *rapid.T, secret string) any {
	type object = map[string]any
	names := rapid.SampledFrom([]string{"DB_PASSWORD", "auth.token", "/prod/secrets/stripe", "Authorization", "PGPASSWORD"})
	var tree any
	switch rapid.IntRange(0, 4).Draw(t, "form") {
	case 0:
		tree = object{"name": names.Draw(t, "name"), "value": secret}
	case 1: // the name after the value, since members are written in order
		tree = object{"zName": 1, "Value": secret, "key": names.Draw(t, "name"), "type": "PLAINTEXT"}
	case 2:
		tree = object{"client_secret": []any{"u", secret}}
	case 3:
		tree = object{"parameter-key": names.Draw(t, "name"), "DEFAULT_VALUE": object{"x": secret}}
	case 4:
		tree = object{"secrets": []any{object{"name": "a", "valueFrom": "/a"}, object{"name": "b", "value": secret}}}
	}
	texts := 0
	for range rapid.IntRange(0, 6).Draw(t, "wraps") {
		switch kind := rapid.IntRange(0, 2).Draw(t, "wrap"); {
		case kind == 0:
			tree = object{"a": "b", "inner": tree}
		case kind == 1:
			tree = []any{1, tree}
		case texts < 2:
			texts++
			text, _ := json.MarshalIndent(tree, "", rapid.SampledFrom([]string{"", "  "}).Draw(t, "indent"))
			tree = rapid.SampledFrom([]string{"", " ", "\n"}).Draw(t, "space") + string(text)
		}
	}
	return tree
}

func BenchmarkOrdinaryJSONText(b *testing.B) {
	keys, err := redact.ParseKeys("k:" + key)
	if err != nil {
		b.Fatal(err)
	}
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":"*"}]}`
	raw := []byte(`{"policy":` + quoted(policy) + `,"tags":[{"Key":"team","Value":"core"}]}`)
	r := redact.NewRedactor(keys.For("acme"), 200)
	var out []byte
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		out, _, _ = r.Append(out[:0], redact.Object{Raw: raw})
	}
}
