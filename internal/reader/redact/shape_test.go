package redact_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// some gives so many characters of a token, letters and digits, never the same.
func some(n int) string { return strings.Repeat("aB3dE6gH9kLmN2pQ", n/16+1)[:n] }

// jwt is put together here, so that no scanner takes this file for a leak.
func jwt() string {
	encode := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	return encode(`{"alg":"HS256","typ":"JWT"}`) + "." + encode(`{"sub":"1234567890"}`) + "." + some(43)
}

func TestSecretsByTheirShape(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a password in a URL":      "postgres://app:pa55word@db.internal:5432/x?sslmode=require",
		"a password in one of two": "see https://example.com and amqp://u:rabbit@mq/",
		"a password with signs":    "mysql://u:p@ss!word$@db/x",
		"a token in a URL":         "https://" + some(24) + "@git.example.com/x.git",
		"a private key":            "-----BEGIN RSA PRIVATE KEY-----\n" + some(64) + "\n-----END RSA PRIVATE KEY-----\n",
		"a key in PKCS #8":         "x\n-----BEGIN PRIVATE KEY-----\n" + some(64) + "\n-----END PRIVATE KEY-----",
		"a key of OpenSSH":         "-----BEGIN OPENSSH PRIVATE KEY-----\n" + some(64),
		"a key of PGP":             "-----BEGIN PGP PRIVATE KEY BLOCK-----\n" + some(64),
		"a web token":              "is " + jwt() + " here",
		"of GitHub":                "ghp_" + some(36),
		"of GitHub, fine-grained":  "x github_pat_" + some(22) + "_" + some(59),
		"of GitLab":                "glpat-" + some(20),
		"of Slack":                 "xoxb-" + "123456789012-" + some(24),
		"a webhook of Slack":       "https://hooks.slack.com/services/T00000000/B00000000/" + some(24),
		"of Stripe":                "sk_live_" + some(24),
		"of Google":                "AIza" + some(35),
		"an account key of Azure":  "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=" + some(86) + "==;EndpointSuffix=core.windows.net",
		"a signature of Azure":     "https://a.blob.core.windows.net/c?sv=2022-11-02&ss=b&sig=" + some(43) + "%3D",
		"a secret of Entra":        "abc8Q~" + some(34),
		"the id of an access key":  "export AWS_KEY=AKIAQWERTYUIOPASDFGH",
		"a session of AWS":         "IQoJb3JpZ2lu" + some(100),
		"a bearer's":               "Bearer " + some(20),
		"a user's, as HTTP sends":  "Basic " + base64.StdEncoding.EncodeToString([]byte("user:password")),
		"of npm":                   "//npm.example.com/:_authToken=npm_" + some(36),
		"of Vault":                 "hvs." + some(24),
		"after a line break":       "a\nghp_" + some(36),
		"in JSON text":             `{"a":"x ghp_` + some(36) + `"}`,
		"in base64":                base64.StdEncoding.EncodeToString([]byte("#!/bin/sh\necho ghp_" + some(36))),
	} {
		for at := range 3 { // at each offset, since windows are not looked at each
			raw := `{"note":` + quoted(strings.Repeat(" ", at)+text) + `}`
			if name == "in base64" && at > 0 {
				continue
			}
			if diff := cmp.Diff(`{"note":"S"}`, redacted(t, "t", raw)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	}
}

func TestWhatOnlyLooksLikeAShape(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a URL":                     "https://example.com:8443/a@b/c?d=e:f@g",
		"a user alone":              "ssh://git@github.com/acme/infra.git",
		"a module's source":         "git::ssh://git@github.com/acme/infra.git//modules/x?ref=v1.2.3",
		"a template":                "postgres://app:${PASSWORD}@db/x",
		"a template of Go":          "postgres://app:{{ .Values.password }}@db/x",
		"a variable":                "https://user:$TOKEN@host/",
		"stars":                     "https://user:***@host/",
		"a mail address":            "mailto:alice@example.com, bob@example.com",
		"a certificate":             "-----BEGIN CERTIFICATE-----\n" + some(64) + "\n-----END CERTIFICATE-----",
		"a public key":              "-----BEGIN PUBLIC KEY-----\n" + some(64) + "\n-----END PUBLIC KEY-----",
		"a word that begins alike":  "sk_live_x and Bearer authentication is required, npm_config_cache",
		"a digest":                  "sha256:" + strings.Repeat("0123456789abcdef", 4),
		"base64 of a digest":        base64.StdEncoding.EncodeToString([]byte(some(64)))[:86] + "==",
		"a longer word of capitals": "AKIAQWERTYUIOPASDFGHJKL",
		"inside a word":             "xghp_" + some(36),
		"a role":                    "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef",
		"an image":                  "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app@sha256:" + strings.Repeat("0123456789abcdef", 4),
	} {
		raw := `{"note":` + quoted(text) + `}`
		if got := redacted(t, "t", raw); got != canonical(t, raw) {
			t.Errorf("%s became %s", name, got)
		}
	}
}

func TestAnIDOfAKeyIsNoSecretWhereItIsCalledOne(t *testing.T) {
	t.Parallel()
	const raw = `{"access_key_id":"AKIAQWERTYUIOPASDFGH","id":"AKIAQWERTYUIOPASDFGH","user":"u"}`
	if got := redacted(t, "aws_iam_access_key", raw, `{"x":"AKIAQWERTYUIOPASDFGH"}`); got != raw {
		t.Error(got)
	}
}

func TestAShapeIsKnownElsewhere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, again string }{
		"a password in a URL": {"postgres://app:correct-horse9@db/x", "PGPASS is correct-horse9."},
		"a token":             {"x ghp_" + some(36), base64.StdEncoding.EncodeToString([]byte("ghp_" + some(36)))},
		"a private key":       {"-----BEGIN RSA PRIVATE KEY-----\n" + some(64) + "\n-----END RSA PRIVATE KEY-----\n", "-----BEGIN RSA PRIVATE KEY-----\r\n" + some(64)},
	} {
		if diff := cmp.Diff(`{"x":"S"}`, redacted(t, "t", `{"x":`+quoted(c.again)+`}`, `{"a":`+quoted(c.text)+`}`)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
