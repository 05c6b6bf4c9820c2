package redact_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"plumbline/internal/reader/redact"
)

func TestWhatIsSecretByNatureIsMaskedInNamesAndReasons(t *testing.T) {
	t.Parallel()
	token := "ghp_" + some(36)
	for name, c := range map[string]struct{ text, begins string }{
		"a token":                    {`m.t["` + token + `"].x`, `m.t["secret-`},
		"a token inside a key":       {`m.t["of/` + token + `"]`, `m.t["of/secret-`},
		"a URL's password":           {`t.x["https://bob:hunter2@git/x"]`, `t.x["https://bob:secret-`},
		"a JSON key":                 {`t.x["{\"password\":\"hunter2hunter2\",\"a\":1}"]`, `t.x["secret-`},
		"a YAML key":                 {`t.x["a: 1\npassword: hunter2hunter2\n"].y`, `t.x["secret-`},
		"the second key of two":      {`module.m["a: 1"].t.x["DB_PASSWORD=hunter2hunter2"]`, `module.m["a: 1"].t.x["secret-`},
		"an Atmos stack's component": {"shop-live/" + token, "shop-live/secret-"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := redact.NewRedactor(mustKeys(t, "k:"+key).For("acme"), 100)
			document := uuid.New()
			learning := r.Named(document, c.text)
			r.Freeze()
			got := r.Named(document, c.text)
			if got != learning || !strings.HasPrefix(got, c.begins) || strings.Contains(got, "hunter2") || strings.Contains(got, token) {
				t.Errorf("%s, when learning %s, want %s...", got, learning, c.begins)
			}
		})
	}
	r := redact.NewRedactor(mustKeys(t, "k:"+key).For("acme"), 100)
	if got := r.Plain("cannot read " + token); got != redact.Hidden {
		t.Error(got)
	}
	for _, plain := range []string{
		`module.net["eu-west-1"].aws_subnet.a["10.0.0.0/16"]`, `aws_iam_access_key.k["AKIAABCDEFGHIJ234567"]`, `t.x["https://bob@git/x"]`,
		`t.x["{\"name\":\"a\"}"]`, `t.x["secrets"]`, `t.x["unended`, `kubernetes_role.r["get secrets"]`, "prod/token-service",
	} {
		if got := r.Named(uuid.New(), plain); got != plain {
			t.Errorf("%s became %s", plain, got)
		}
	}
}

func TestAMembersNameMayBeASecretByItsShape(t *testing.T) {
	t.Parallel()
	token := "ghp_" + some(36)
	for _, raw := range []string{`{"m":{"` + token + `":"x","plain":"y"},"n":"y"}`, `{"` + token + `":"x","n":"y"}`, `{"m":[{"https://u:pw1@h":"x"}],"n":"y"}`} {
		r := redact.NewRedactor(mustKeys(t, "k:"+key).For("acme"), 100)
		object := redact.Object{Raw: []byte(raw), Rename: true}
		out, _, err := r.Append(nil, object)
		if r.Learned() > 0 {
			r.Freeze()
			out, _, err = r.Append(nil, object)
		}
		if err != nil || strings.Contains(string(out), token) || strings.Contains(string(out), "pw1") || !strings.Contains(string(out), `"n":"y"`) {
			t.Errorf("%s, %v", out, err)
		}
	}
}
