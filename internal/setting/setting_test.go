package setting_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/place"
	"plumbline/internal/setting"
)

// environment is what is set.
type environment map[string]string

func (e environment) get(name string) string { return e[name] }

// inAWS has what a function that answers HTTP requires.
func inAWS(changes environment) environment {
	all := environment{
		"PLUMBLINE_TABLE": "plumbline", "PLUMBLINE_BUCKET": "our-bucket", "PLUMBLINE_DIGEST_KEY": "k1:secret-bytes",
		"PLUMBLINE_CURSOR_KEY": "of cursors",
		"PLUMBLINE_ISSUER":     "https://issuer.example/", "PLUMBLINE_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/1/jobs",
	}
	for name, text := range changes {
		all[name] = text
	}
	return all
}

func TestLoadForTheAPI(t *testing.T) {
	t.Parallel()
	var checked string
	checks := map[string]setting.Check{
		"PLUMBLINE_DIGEST_KEY": func(text string) error { checked = text; return nil },
	}
	got, err := setting.Load(inAWS(environment{"PLUMBLINE_LOG_LEVEL": "WARN", "PLUMBLINE_MAX_DOCUMENT": "64MiB"}).get, setting.API|setting.Read, checks)
	if err != nil {
		t.Fatal(err)
	}
	prefixes, _ := place.ParsePrefixes("", "our-bucket")
	want := setting.Settings{
		Table: "plumbline", Bucket: "our-bucket", Prefixes: prefixes, DigestKey: "k1:secret-bytes", CursorKey: "of cursors",
		Issuer: "https://issuer.example/", Audience: []string{"plumbline"}, JWKSURL: "https://issuer.example/.well-known/jwks.json",
		MaxDocument: 64 << 20, LogLevel: slog.LevelWarn, QueueURL: "https://sqs.eu-west-1.amazonaws.com/1/jobs",
		Addr: "127.0.0.1:3000", S3Addr: "127.0.0.1:3900", Data: ".plumbline", Sample: true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	if checked != "k1:secret-bytes" {
		t.Errorf("checked %q", checked)
	}
}

func TestTheLocalStackNeedsNothing(t *testing.T) {
	t.Parallel()
	checks := map[string]setting.Check{
		"PLUMBLINE_DIGEST_KEY": func(string) error { return errors.New("not called for what is not given") },
	}
	got, err := setting.Load(environment{}.get, setting.Local, checks)
	if err != nil {
		t.Fatal(err)
	}
	if got.Bucket != "plumbline-local" || got.MaxDocument != 512_000_000 || !got.Prefixes.Allows("acme", "plumbline-local", "acme/x") {
		t.Errorf("defaults: %+v", got)
	}
}

func TestWhatAMainDoesNotReadCannotBeWrong(t *testing.T) {
	t.Parallel()
	env := inAWS(environment{"PLUMBLINE_ADDR": "nonsense", "PLUMBLINE_SAMPLE": "maybe",
		"PLUMBLINE_HOSTS": "name:80", "PLUMBLINE_ORIGINS": "*", "PLUMBLINE_JWKS_URL": "nonsense"})
	if _, err := setting.Load(env.get, setting.Scan, nil); err != nil {
		t.Error(err)
	}
}

func TestATableIsANameOrAnARN(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"plumbline", "a.b-c_D9", "arn:aws:dynamodb:eu-west-1:123456789012:table/plumbline", "arn:aws-cn:dynamodb:cn-north-1:123456789012:table/x.y"} {
		if _, err := setting.Load(inAWS(environment{"PLUMBLINE_TABLE": text}).get, setting.API, nil); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestEveryMistakeIsToldAtOnce(t *testing.T) {
	t.Parallel()
	env := environment{
		"PLUMBLINE_BUCKET": "Bucket", "PLUMBLINE_SOURCE_PREFIXES": `{"acme": ["https://x"], "globex": ["s3://b/"]}`,
		"PLUMBLINE_DIGEST_KEY": "the-secret-itself", "PLUMBLINE_ISSUER": "issuer", "PLUMBLINE_MAX_DOCUMENT": "12XB",
		"PLUMBLINE_LOG_LEVEL": "loud", "DYNAMODB_ENDPOINT": "http://user:password@host/",
	}
	checks := map[string]setting.Check{
		"PLUMBLINE_DIGEST_KEY": func(string) error { return errors.New("key 1 has no id") },
	}
	_, err := setting.Load(env.get, setting.API|setting.Read, checks)
	want := `10 settings are wrong:
  PLUMBLINE_TABLE is required: name of the DynamoDB table, or its ARN
  PLUMBLINE_BUCKET: "Bucket" is not the name of a bucket
  PLUMBLINE_SOURCE_PREFIXES: of "acme": invalid uri "https://x/": does not begin with s3://; of "globex": invalid uri "s3://b/": the bucket's name must have 3 to 63 characters
  PLUMBLINE_DIGEST_KEY: key 1 has no id
  PLUMBLINE_CURSOR_KEY is required: what signs the cursors of lists; the same for all functions of a stack
  PLUMBLINE_JWKS_URL is required where the issuer is no url
  PLUMBLINE_MAX_DOCUMENT: "12XB" is not a size; write 512MB, 64MiB or a number of bytes
  PLUMBLINE_LOG_LEVEL: "loud" is none of debug, info, warn, error
  DYNAMODB_ENDPOINT: the url may not hold credentials
  PLUMBLINE_QUEUE_URL is required: url of the SQS queue of jobs`
	if err == nil {
		t.Fatal("no mistake found")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}

func TestOneMistake(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"PLUMBLINE_JWKS_URL", "http://issuer.example/keys", "must be https"},
		{"PLUMBLINE_AUDIENCE", "a,,b", "an audience is empty"},
		{"PLUMBLINE_JWKS_URL", "keys", "not an http or https url"},
		{"PLUMBLINE_TABLE", "arn:aws:dynamodb:eu-west-1:123:table/x", "neither the name of a table"},
		{"PLUMBLINE_TABLE", "arn:aws:dynamodb:eu-west-1:123456789012:table/a b", "neither the name of a table"},
		{"PLUMBLINE_TABLE", "plumb!line", "neither the name of a table"},
		{"PLUMBLINE_TABLE", "arn:aws:s3:::bucket", "neither the name of a table"},
		{"PLUMBLINE_BUCKET", "bucket/folder", "not the name of a bucket"},
		{"PLUMBLINE_SOURCE_PREFIXES", "[]", "nor a JSON object"},
		{"PLUMBLINE_SOURCE_PREFIXES", `{acme:[s3://bucket/x]}`, "not a JSON object"},
		{"PLUMBLINE_SOURCE_PREFIXES", "s3://bucket/x", "neither a list"},
		{"PLUMBLINE_SOURCE_PREFIXES", `{"a": [], "a": []}`, "twice"},
		{"PLUMBLINE_SOURCE_PREFIXES", `{"a": ["s3://bucket/x/*"]}`, "may not hold globs"},
		{"PLUMBLINE_SOURCE_PREFIXES", `{"a": ["s3://bucket/../x"]}`, `segment ".."`},
		{"PLUMBLINE_MAX_DOCUMENT", "0", "not a size"},
		{"PLUMBLINE_MAX_DOCUMENT", "-5MB", "not a size"},
		{"PLUMBLINE_MAX_DOCUMENT", "9999999999GB", "too big"},
		{"DYNAMODB_ENDPOINT", "localhost:8000", "not an http or https url"},
	} {
		_, err := setting.Load(inAWS(environment{c.name: c.text}).get, setting.API, nil)
		if err == nil || !strings.HasPrefix(err.Error(), "setting "+c.name) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s=%s: %v, want %q", c.name, c.text, err, c.want)
		}
	}
	for name, text := range map[string]string{
		"PLUMBLINE_ADDR": "http://127.0.0.1:3000", "PLUMBLINE_S3_ADDR": "127.0.0.1:99999", "PLUMBLINE_SAMPLE": "maybe",
	} {
		if _, err := setting.Load(environment{name: text}.get, setting.Local, nil); err == nil {
			t.Errorf("%s=%s is taken", name, text)
		}
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"1": 1, "12B": 12, "3kB": 3000, "3KB": 3000, "512MB": 512_000_000, "2 GB": 2_000_000_000,
		"3KiB": 3072, "64MiB": 64 << 20, "1gib": 1 << 30,
	} {
		if got, err := setting.ParseSize(text); got != want || err != nil {
			t.Errorf("ParseSize(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "B", "1.5MB", "5g", "MB5", "0x10", "1_000", "9223372036854775808", "10iB"} {
		if got, err := setting.ParseSize(text); err == nil {
			t.Errorf("ParseSize(%q) = %d", text, got)
		}
	}
}

func TestASecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	s := setting.Settings{DigestKey: "hush"}
	encoded, err := json.Marshal(s.DigestKey)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("start", "key", s.DigestKey, "settings", s)
	printed := fmt.Sprintf("%v %+v %#v %s %q", s, s, s, s.DigestKey, s.DigestKey) + string(encoded) + log.String()
	if strings.Contains(printed, "hush") || s.DigestKey.Reveal() != "hush" {
		t.Errorf("printed: %s", printed)
	}
}
