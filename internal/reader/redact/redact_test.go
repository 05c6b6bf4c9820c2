package redact_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"plumbline/internal/catalog"
	"plumbline/internal/reader/redact"
)

var key = base64.StdEncoding.EncodeToString([]byte("0123456789abcdef"))

func mustKeys(t *testing.T, text string) *redact.Keys {
	t.Helper()
	keys, err := redact.ParseKeys(text)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestParseKeysTellsEveryMistakeAndNoKey(t *testing.T) {
	t.Parallel()
	short := base64.StdEncoding.EncodeToString([]byte("tooshortkey"))
	_, err := redact.ParseKeys("a:" + key + ",a:" + key + ",no key," + "b:" + short + ",c d:" + key + ",e:***" + key)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"digest key 2: its id stands twice", "digest key 3: the key is not base64", "digest key 4: the key has less", "digest key 5: its id", "digest key 6: the key is not base64"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %q", want, err)
		}
	}
	if strings.Contains(err.Error(), key) || strings.Contains(err.Error(), short) {
		t.Errorf("the error quotes a key: %v", err)
	}
}

func TestAKeyWithoutAnIdIsNamedByItsDigest(t *testing.T) {
	t.Parallel()
	const generated = "Zk3uPq8wYb1Tc6Xn0aRs5Ld9Ge2Hj7Mv4Ki3Uo8Np1Qr"
	keys := mustKeys(t, generated)
	if again := mustKeys(t, "k2:"+key+","+generated); keys.WritingID() == "" || !again.Has(keys.WritingID()) {
		t.Errorf("the key is %q when it writes, and not known when it is compared under", keys.WritingID())
	}
	if strings.Contains(generated, keys.WritingID()) {
		t.Errorf("the id %q is a part of the key", keys.WritingID())
	}
	if _, err := redact.ParseKeys(generated + "," + generated); err == nil {
		t.Error("one key is taken twice")
	}
}

func TestDigestsDifferByEachOfTheirParts(t *testing.T) {
	t.Parallel()
	keys := mustKeys(t, "a:"+key+",b:"+base64.StdEncoding.EncodeToString([]byte("fedcba9876543210")))
	acme := keys.For("acme")
	entity, other := uuid.New(), uuid.New()
	secrets := map[string]string{}
	for name, v := range map[string]catalog.Value{
		"one":                  acme.Secret(entity, "/a", catalog.Value(`"x"`)),
		"another organisation": keys.For("acm").Secret(entity, "/a", catalog.Value(`"x"`)),
		"another entity":       acme.Secret(other, "/a", catalog.Value(`"x"`)),
		"another path":         acme.Secret(entity, "/b", catalog.Value(`"x"`)),
		"another value":        acme.Secret(entity, "/a", catalog.Value(`"y"`)),
		"a part moved over":    acme.Secret(entity, `/a"`, catalog.Value(`x"`)),
		"another key":          acme.ForDocument("b").Alternate(entity, "/a", catalog.Value(`"x"`)),
	} {
		if before, twice := secrets[string(v)]; twice {
			t.Errorf("%s gives the digest of %s", name, before)
		}
		secrets[string(v)] = name
	}
	for _, recorded := range []string{"", "a", "gone"} {
		if k := acme.ForDocument(recorded); k.HasAlternate() || !catalog.Equal(k.Alternate(entity, "/a", nil), k.Secret(entity, "/a", nil)) {
			t.Errorf("an alternate for the recorded key %q", recorded)
		}
	}
	if acme.WritingID() != "a" || !acme.Has("b") || acme.Has("c") {
		t.Error("ids")
	}
}

func TestSecretNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"password", "db_password", "Password", "DB-PASSWORD", "masterPassword", "passwd", "secret", "clientSecret", "client_secret", "APIToken",
		"api_key", "apiKey", "apikey", "SLACK_API_TOKEN", "private_key", "private_key_pem", "secret_access_key", "connection_string", "primaryConnectionString",
		"TF_VAR_db_password", "PGPASSWORD", "MYSQL_ROOT_PASSWORD", "dbpassword", "password2", "connectionString", "ConnectionStrings__Default", "SLACK_WEBHOOK_URL", "slack_webhook",
		"DATABASE_URL", "sentry.dsn", "client-secret", "privateKeyPem", "ssh_private_key", ".dockerconfigjson", "awsSecretAccessKey", "AUTHTOKEN",
		"creds", "AWS_CREDS", "GHPAT", "service_account_json", "pgpass", "storepass", "ca_key", "CAKey", "GITHUB_PAT", "pat", "PassWord", "DBPASSWORD", "SHAREDKEY", "sharedKey", "MasterKey", "sasToken", "SAS", "PRIVATEKEY", "ENCRYPTIONKEY",
		"auth_token", "tokens", "credentials", "passphrase", "ssh.private-key", "tunnel1_preshared_key", "db_pass", "bcrypt_password", "kubeconfig", "sas_token", "storageAccountKey",
	} {
		if !redact.IsSecretName(name) {
			t.Errorf("%s is secret", name)
		}
	}
	for _, name := range []string{
		"", "name", "secret_name", "secret_arn", "secretArn", "secret_id", "token_type", "key_pair", "key_name", "kms_key_id", "password_policy", "password_length", "public_key",
		"access_key_id", "http_tokens", "token_ttl", "secret_version", "tokens_per_second", "compass", "passenger", "tokenizer", "secretary", "user_data", "bypass_policy", "APIs",
		"token_endpoint", "kms_key_arn", "url", "webhook_id", "password_encryption", "x-amazon-apigateway-api-key-source", "TaskToken.$", "token.actions.githubusercontent.com:aud",
		"path", "pattern", "compat", "credits", "secret_string_wo_version", "password_wo_version", "customer_master_key_spec", "TokenURL", "PasswordPolicy",
		"ec2:MetadataHttpTokens", "secretsmanager:SecretId", "secretsmanager:VersionStage", "aws:TokenIssueTime", "aws:SecureTransport", "kms:EncryptionContext:SecretARN", "sha256", "1",
	} {
		if redact.IsSecretName(name) {
			t.Errorf("%s is not secret", name)
		}
	}
}

func TestFinderFindsEachFormOfASecret(t *testing.T) {
	t.Parallel()
	const secret = `p4ss"w<rd\&é`
	finder := redact.NewFinder([]string{secret, "short", "arn:aws:one", "arn:aws:other", "prefix-of", "prefix-of-another",
		"first line\nsecond one", "third line\r\nfourth one"})
	once, _ := json.Marshal(secret)
	for name, text := range map[string]string{
		"itself":                   secret,
		"inside":                   "x" + secret + "y",
		"in JSON text":             `{"a":` + string(once) + `}`,
		"in JSON text, unescaped":  `{"a":"p4ss\"w<rd\\&é"}`,
		"base64":                   base64.StdEncoding.EncodeToString([]byte(secret)),
		"base64 after one byte":    base64.StdEncoding.EncodeToString([]byte("u" + secret + "zz")),
		"base64 after two":         base64.URLEncoding.EncodeToString([]byte("u:" + secret)),
		"in capitals":              strings.ToUpper(secret),
		"in hex":                   hex.EncodeToString([]byte(secret)),
		"in hex, in capitals":      strings.ToUpper(hex.EncodeToString([]byte(secret))),
		"percent-encoded":          url.QueryEscape(secret),
		"percent, small letters":   strings.ToLower(url.PathEscape(secret)),
		"in XML":                   html.EscapeString(secret),
		"CRLF for LF":              "first line\r\nsecond one",
		"CRLF for LF, in JSON":     `first line\r\nsecond one`,
		"LF for CRLF":              "third line\nfourth one",
		"of many that begin alike": "arn:aws:other",
		"that has another inside":  "prefix-of-another",
	} {
		if !finder.In([]byte(text)) {
			t.Errorf("%s is not found", name)
		}
	}
	for _, text := range []string{"", "short", "arn:aws:", "arn:aws:two", "p4ss", "prefix-o", strings.Repeat("a", 1000)} {
		if finder.In([]byte(text)) {
			t.Errorf("%q holds none", text)
		}
	}
	long := strings.Repeat("é", 200)
	if f := redact.NewFinder([]string{long}); !f.In([]byte("x"+long)) || f.In([]byte(strings.Repeat("é", 100))) {
		t.Error("a long secret")
	}
}

func TestFinderAgreesWithASearchForEach(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secrets := rapid.SliceOfN(rapid.StringMatching(`[ab]{8,12}`), 0, 6).Draw(t, "secrets")
		text := rapid.StringMatching(`[abc]{0,60}`).Draw(t, "text")
		want := false
		for _, secret := range secrets {
			want = want || strings.Contains(text, secret)
		}
		if got := redact.NewFinder(secrets).In([]byte(text)); got != want {
			t.Fatalf("got %t", got)
		}
	})
}

// TestWhatNamesAThingIsNotHunted: a value that also stands among ids and names is hidden
// where it is declared secret, and a place is told.
func TestWhatNamesAThingIsNotHunted(t *testing.T) {
	t.Parallel()
	declares, other := uuid.New(), uuid.New()
	for name, c := range map[string]struct {
		secret, id string
		common     bool
	}{
		"an id":                      {"vpc-0a1b2c3d4e5f67890", `{"id":"vpc-0a1b2c3d4e5f67890"}`, true},
		"a part of an ARN":           {"vpc-0a1b2c3d4e5f67890", `{"arn":"arn:aws:ec2:r:1:vpc/vpc-0a1b2c3d4e5f67890"}`, true},
		"one of many ids":            {"sg-0a1b2c3d4e5f67890", `{"a":{"security_group_ids":["x","sg-0a1b2c3d4e5f67890"]}}`, true},
		"a word of an id":            {"production", `{"id":"acme-production-logs"}`, true},
		"a region":                   {"eu-west-1", `{"region":"eu-west-1"}`, true},
		"a part that is no segment":  {"correct-horse-7", `{"id":"x-correct-horse-7"}`, false},
		"an id that a secret is in":  {"da2-abcdefghijklmnop", `{"id":"a:da2-abcdefghijklmnop","key":"da2-abcdefghijklmnop","api_key":"da2-abcdefghijklmnop"}`, false},
		"a value that names nothing": {"vpc-0a1b2c3d4e5f67890", `{"note":"vpc-0a1b2c3d4e5f67890"}`, false},
	} {
		r := redact.NewRedactor(mustKeys(t, "k:"+key).For("acme"), 100)
		objects := []redact.Object{{Entity: declares, Raw: []byte(`{"password":` + quoted(c.secret) + `}`)}, {Entity: other, Raw: []byte(c.id)}}
		for _, o := range objects {
			r.Learn(o)
		}
		r.Freeze()
		first, _, err := r.Append(nil, objects[0])
		if err != nil || strings.Contains(string(first), c.secret) {
			t.Errorf("%s: %s, %v", name, first, err)
		}
		second, _, err := r.Append(nil, objects[1])
		if err != nil || strings.Contains(string(second), c.secret) != c.common {
			t.Errorf("%s: common %t in %s, %v", name, c.common, second, err)
		}
		want := []string(nil)
		if c.common {
			want = []string{"/password"}
		}
		if diff := cmp.Diff(want, r.Common(declares)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestANameIsMaskedFromTheSegmentWithTheSecretOn(t *testing.T) {
	t.Parallel()
	r := redact.NewRedactor(mustKeys(t, "k:"+key).For("acme"), 100)
	r.Learn(redact.Object{Raw: []byte(`{"password":"hunter2hunter2"}`)})
	r.Freeze()
	document := uuid.New()
	one, two := r.Name(document, `m.a.t["x-hunter2hunter2-1"].b`), r.Name(document, `m.a.t["x-hunter2hunter2-2"].b`)
	if one == two || !strings.HasPrefix(one, `m.a.t["secret-`) || strings.Contains(one+two, "hunter2") || one != r.Name(document, `m.a.t["x-hunter2hunter2-1"].b`) {
		t.Errorf("%s, %s", one, two)
	}
	if other := r.Name(uuid.New(), `m.a.t["x-hunter2hunter2-1"].b`); other == one {
		t.Errorf("another document's mask is the same: %s", other)
	}
	if plain := r.Name(document, "m.hunter2"); plain != "m.hunter2" {
		t.Error(plain)
	}
	if r.Plain("of hunter2hunter2") != redact.Hidden || r.Plain("x") != "x" {
		t.Error("plain texts")
	}
	out, _, err := r.Append(nil, redact.Object{Raw: []byte(`{"hunter2hunter2":{"a":1},"$sensitive":"k:x","b":"y","password":"z"}`), Rename: true})
	if err != nil || strings.Contains(string(out), "hunter2") || strings.Contains(string(out), `"z"`) || strings.Count(string(out), `"secret-`) != 2 || !strings.Contains(string(out), `"b":"y"`) {
		t.Errorf("%s, %v", out, err)
	}
}

// redacted gives an object as it leaves a redactor that first learnt from others.
func redacted(t *testing.T, entityType, raw string, learn ...string) string {
	t.Helper()
	r := redact.NewRedactor(mustKeys(t, "k:"+key).For("acme"), 100)
	for _, other := range learn {
		r.Learn(redact.Object{Type: "other", Raw: []byte(other)})
	}
	r.Freeze()
	out, _, err := r.Append(nil, redact.Object{Type: entityType, Raw: []byte(raw)})
	if err != nil {
		return err.Error()
	}
	masked, _ := json.Marshal(mask(t, out))
	return string(masked)
}

func mask(t *testing.T, v catalog.Value) any {
	t.Helper()
	var tree any
	if err := json.Unmarshal(v, &tree); err != nil {
		t.Fatal(err)
	}
	var walk func(any) any
	walk = func(tree any) any {
		switch tree := tree.(type) {
		case map[string]any:
			if _, secret := tree[catalog.SecretMember]; secret {
				return "S"
			}
			for name := range tree {
				tree[name] = walk(tree[name])
			}
		case []any:
			for i := range tree {
				tree[i] = walk(tree[i])
			}
		}
		return tree
	}
	return walk(tree)
}

// So were digests made when nulls were left out: one is no other secret for a null.
func TestANullInASecretIsNoOtherSecret(t *testing.T) {
	t.Parallel()
	for _, raws := range [][]string{
		{`{"s":{"a":"x-1","b":[{"c":1}]}}`, `{"s":{"a":"x-1","b":[{"c":1,"d":null}],"e":null}}`},
		{`{"password":{"a":"x-1"}}`, `{"password":{"b":null,"a":"x-1"}}`},
	} {
		var got []string
		for _, raw := range raws {
			r := redact.NewRedactor(mustKeys(t, "k:"+key).For("acme"), 100)
			object := redact.Object{Type: "t", Raw: []byte(raw)}
			for name, span := range catalog.Members(object.Raw) {
				if name == "s" {
					object.Secret = []catalog.Span{span}
				}
			}
			out, redacted, err := r.Append(nil, object)
			if err != nil || !redacted {
				t.Fatalf("%s: %s, %v", raw, out, err)
			}
			got = append(got, string(out))
		}
		if got[0] != got[1] {
			t.Errorf("%s is not %s", got[1], got[0])
		}
	}
}

func TestRedactor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ entityType, raw, learn, want string }{
		"a secret name at any depth":          {"t", `{"a":[{"password":"x"}]}`, `{}`, `{"a":[{"password":"S"}]}`},
		"what is plain under a secret name":   {"t", `{"password":"","token":true,"secret":12,"api_key":[],"passwd":"false"}`, `{}`, `{"api_key":[],"passwd":"false","password":"","secret":12,"token":true}`},
		"a list under a secret name, whole":   {"t", `{"secrets":["a","b"]}`, `{}`, `{"secrets":"S"}`},
		"an attribute of its type":            {"data.random_password", `{"result":"x","length":8}`, `{}`, `{"length":8,"result":"S"}`},
		"a number in an attribute of a type":  {"random_password", `{"result":12345}`, `{}`, `{"result":"S"}`},
		"a rule for all types of a provider":  {"azurerm_storage_account", `{"primary_access_key":"x"}`, `{}`, `{"primary_access_key":"S"}`},
		"all of a type but its metadata":      {"tls_private_key", `{"id":"1","private_key_x":"k"}`, `{}`, `{"id":"1","private_key_x":"S"}`},
		"a parameter that is secure":          {"aws_ssm_parameter", `{"type":"SecureString","value":"x"}`, `{}`, `{"type":"SecureString","value":"S"}`},
		"a parameter that is not":             {"aws_ssm_parameter", `{"type":"String","value":"x"}`, `{}`, `{"type":"String","value":"x"}`},
		"a known secret in a longer text":     {"t", `{"url":"https://u:correct horse@h"}`, `{"password":"correct horse"}`, `{"url":"S"}`},
		"a known secret inside a secret list": {"t", `{"x":"correct horse"}`, `{"secrets":[{"a":"correct horse"}]}`, `{"x":"S"}`},
		"a short secret is not looked for":    {"t", `{"x":"hunter2"}`, `{"password":"hunter2"}`, `{"x":"hunter2"}`},
		"eight characters of several bytes":   {"t", `{"x":"éééééééé","y":"ééééééé"}`, `{"password":["éééééééé","ééééééé"]}`, `{"x":"S","y":"ééééééé"}`},
		"a member named after a secret":       {"t", `{"m":{"correct horse":1},"n":1}`, `{"password":"correct horse"}`, `{"m":"S","n":1}`},
		"a property named after a secret":     {"t", `{"correct horse":1}`, `{"password":"correct horse"}`, redact.ErrSecretName.Error()},
		"an object like our own mark":         {"t", `{"a":{"\u0024sensitive":"k:1"}}`, `{}`, `{"a":"S"}`},
		"a cookie is, a list of them not":     {"t", `{"cookie":"s=1; t=2","cookies":[{"forward":"none"}],"cookie_behavior":"none"}`, `{}`, `{"cookie":"S","cookie_behavior":"none","cookies":[{"forward":"none"}]}`},
		"a header is, a mode not":             {"t", `{"headers":{"Authorization":"abc def","x":"y"},"authorization":"COGNITO_USER_POOLS"}`, `{}`, `{"authorization":"COGNITO_USER_POOLS","headers":{"Authorization":"S","x":"y"}}`},
		"a key is, a public one not":          {"t", `{"ssh_key":"b64","ssh_keys":[1],"admin_ssh_key":[{"public_key":"ssh-rsa A"}],"sshKey":"ssh-ed25519 AAAA u@h"}`, `{}`, `{"admin_ssh_key":[{"public_key":"ssh-rsa A"}],"sshKey":"ssh-ed25519 AAAA u@h","ssh_key":"S","ssh_keys":[1]}`},
		"the data of a Secret":                {"t", `{"manifest":{"kind":"Secret","data":{"a":"eA=="}},"other":{"kind":"ConfigMap","data":{"a":"b"}}}`, `{}`, `{"manifest":{"data":"S","kind":"Secret"},"other":{"data":{"a":"b"},"kind":"ConfigMap"}}`},
		"what write-only attributes leave":    {"aws_secretsmanager_secret_version", `{"secret_string_wo":null,"secret_string_wo_version":3,"has_secret_string_wo":true,"secret_id":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"}`, `{}`, `{"has_secret_string_wo":true,"secret_id":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf","secret_string_wo":null,"secret_string_wo_version":3}`},
		"a null under a secret name":          {"aws_db_instance", `{"password":null,"x":{"token":null,"secrets":{"a":null},"secret_key_ref":[{"valueFrom":"arn:aws:ssm:eu-west-1:1:parameter/a","b":null}]}}`, `{}`, `{"password":null,"x":{"secret_key_ref":[{"b":null,"valueFrom":"arn:aws:ssm:eu-west-1:1:parameter/a"}],"secrets":{"a":null},"token":null}}`},
		"a word is no part of a longer text":  {"t", `{"x":"in production since","y":"production"}`, `{"password":"production"}`, `{"x":"in production since","y":"S"}`},
		"a region that an ARN has":            {"t", `{"x":"eu-west-1","z":"eu-west-1a"}`, `{"password":"eu-west-1","arn":"arn:aws:sns:eu-west-1:1:t"}`, `{"x":"eu-west-1","z":"eu-west-1a"}`},
		"an id of another object":             {"t", `{"id":"vpc-0a1b2c3d4e5f67890","x":"arn:aws:ec2:x:1:vpc/vpc-0a1b2c3d4e5f67890"}`, `{"token":"vpc-0a1b2c3d4e5f67890","inner":[{"vpc_id":"vpc-other"}],"x_id":"i"}`, `{"id":"S","x":"S"}`},
		"a password inside a secret JSON":     {"t", `{"x":"correct horse","host":"db.example.com"}`, `{"secret_string":"{\"password\":\"correct horse\",\"host\":\"db.example.com\"}"}`, `{"host":"db.example.com","x":"S"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, redacted(t, c.entityType, c.raw, c.learn)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func BenchmarkFinder(b *testing.B) {
	var secrets []string
	for i := range 5000 {
		secrets = append(secrets, fmt.Sprintf("s3cr3t-%d-value", i))
	}
	finder := redact.NewFinder(secrets)
	text := []byte(strings.Repeat("arn:aws:iam::123456789012:role/some-role-name ", 1<<14))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if finder.In(text) {
			b.Fatal("found")
		}
	}
}

func TestWhatAnotherRedactorLearntIsFound(t *testing.T) {
	t.Parallel()
	keys := mustKeys(t, "a:"+key)
	first, second := redact.NewRedactor(keys, 10), redact.NewRedactor(keys, 10)
	second.Refers(func(text string) bool { return text == "!store x" })
	first.Learn(redact.Object{Raw: []byte(`{"password":"hunter2hunter2"}`)})
	second.LearnFrom(first)
	second.Freeze()
	out, _, err := second.Append(nil, redact.Object{Raw: []byte(`{"note":"is hunter2hunter2","token":"!store x"}`)})
	if err != nil || strings.Contains(string(out), "hunter2") || !strings.Contains(string(out), "!store x") {
		t.Errorf("%s, %v", out, err)
	}
}
