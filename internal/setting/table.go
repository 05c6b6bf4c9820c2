package setting

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"

	"plumbline/internal/place"
)

// Setting is one environment variable.
type Setting struct {
	Name string
	// Meaning is one sentence's worth without its full stop.
	Meaning string
	// Default is the text that an empty variable stands for, "" for none.
	Default string
	// DefaultNote says in words what is taken where Default is "".
	DefaultNote string
	// Groups read it; Required, a part of them, does not go by the default.
	Groups, Required Group
}

type row struct {
	Setting
	// parse sets the value; the text may be empty where nothing is required. Its
	// error quotes the text only if that is no secret.
	parse func(s *Settings, text string) error
}

// rows are all settings. Those that others build on come first.
var rows = []row{
	{Setting{
		Name: "PLUMBLINE_TABLE", Meaning: "name of the DynamoDB table, or its ARN",
		Groups: API | Scan, Required: API | Scan,
	}, parseTable},
	{Setting{
		Name: "PLUMBLINE_BUCKET", Meaning: "name of Plumbline's own bucket", Default: "plumbline-local",
		Groups: API | Scan | Local, Required: API | Scan,
	}, parseBucket},
	{Setting{
		Name:        "PLUMBLINE_SOURCE_PREFIXES",
		Meaning:     "what each organisation may read: `acme=s3://bucket/prefix`, several separated by commas, or as JSON `{\"acme\": [\"s3://bucket/prefix\"]}`",
		DefaultNote: "`s3://<own bucket>/<organisation>/`",
		Groups:      API | Scan | Local,
	}, parsePrefixes},
	{Setting{
		Name:        "PLUMBLINE_DIGEST_KEY",
		Meaning:     "keys of the digests that stand for secrets, as `id:key` separated by commas; the first one writes",
		DefaultNote: "made on the first start of the local stack",
		Groups:      Read | Local, Required: Read,
	}, func(s *Settings, text string) error { s.DigestKey = Secret(text); return nil }},
	{Setting{
		Name: DigestKeySecret, Meaning: "name or ARN of the secret in Secrets Manager that holds `PLUMBLINE_DIGEST_KEY`, where that is not set",
		DefaultNote: "none", Groups: Read,
	}, func(*Settings, string) error { return nil }},
	{Setting{
		Name: "PLUMBLINE_CURSOR_KEY", Meaning: "what signs the cursors of lists; the same for all functions of a stack",
		DefaultNote: "made of the digest key", Groups: API | Local, Required: API,
	}, func(s *Settings, text string) error { s.CursorKey = Secret(text); return nil }},
	{Setting{
		Name: "PLUMBLINE_ISSUER", Meaning: "`iss` of the tokens that are taken",
		Groups: API | Token, Required: API | Token,
	}, func(s *Settings, text string) error { s.Issuer = text; return nil }},
	{Setting{
		Name: "PLUMBLINE_AUDIENCE", Meaning: "`aud` of the tokens that are taken; several separated by commas", Default: "plumbline",
		Groups: API | Token,
	}, parseAudience},
	{Setting{
		Name: "PLUMBLINE_JWKS_URL", Meaning: "where the issuer's keys are",
		DefaultNote: "`<issuer>/.well-known/jwks.json`", Groups: API | Token,
	}, parseJWKS},
	{Setting{
		Name: "PLUMBLINE_MAX_DOCUMENT", Default: "512MB", Groups: API | Scan | Local,
		Meaning: "size of the biggest document that is read, in bytes, kB, MB, GB, KiB, MiB or GiB",
	}, func(s *Settings, text string) (err error) { s.MaxDocument, err = ParseSize(text); return err }},
	{Setting{
		Name: "PLUMBLINE_OPEN_OUTPUTS", DefaultNote: "none: all are taken for secrets", Groups: API | Scan | Local,
		Meaning: "outputs that `terraform_remote_state` and `tfe_outputs` may show, as names and patterns separated by commas: `vpc_id,*_arn`, or `*`",
	}, parseOpenOutputs},
	{Setting{
		Name: "PLUMBLINE_LOG_LEVEL", Meaning: "`debug`, `info`, `warn` or `error`", Default: "info",
		Groups: API | Scan | Local | Token,
	}, parseLevel},
	{Setting{
		Name: "DYNAMODB_ENDPOINT", Meaning: "url of another DynamoDB than AWS's", Groups: API | Scan,
		DefaultNote: "AWS's",
	}, parseEndpoint},
	{Setting{
		Name: "PLUMBLINE_QUEUE_URL", Meaning: "url of the SQS queue of jobs", Groups: API | Scan, Required: API | Scan,
	}, parseQueue},
	{Setting{
		Name: "PLUMBLINE_ADDR", Meaning: "where the local stack serves its API, as host:port", Default: "127.0.0.1:3000",
		Groups: Local,
	}, func(s *Settings, text string) (err error) { s.Addr, err = parseAddr(text); return err }},
	{Setting{
		Name: "PLUMBLINE_S3_ADDR", Meaning: "where the local stack serves S3, as host:port", Default: "127.0.0.1:3900",
		Groups: Local,
	}, func(s *Settings, text string) (err error) { s.S3Addr, err = parseAddr(text); return err }},
	{Setting{
		Name: "PLUMBLINE_DATA", Meaning: "folder of all that the local stack keeps", Default: ".plumbline",
		Groups: Local,
	}, func(s *Settings, text string) error { s.Data = text; return nil }},
	{Setting{
		Name: "PLUMBLINE_SAMPLE", Meaning: "`1` loads a sample estate on the first start, `0` starts empty", Default: "1",
		Groups: Local,
	}, parseSample},
	{Setting{
		Name: "PLUMBLINE_HOSTS", Groups: Local, DefaultNote: "loopback names only",
		Meaning: "further names by which the local stack may be called, separated by commas, e.g. `host.docker.internal`",
	}, func(s *Settings, text string) (err error) { s.Hosts, err = parseHosts(text); return err }},
	{Setting{
		Name: "PLUMBLINE_ORIGINS", Groups: Local, DefaultNote: "none",
		Meaning: "origins of the web pages that may call the local stack, separated by commas, e.g. `http://localhost:5173`",
	}, func(s *Settings, text string) (err error) { s.Origins, err = parseOrigins(text); return err }},
}

// DigestKeySecret names the secret that a main reads before [Load] where the digest key
// itself is not set.
const DigestKeySecret = "PLUMBLINE_DIGEST_KEY_SECRET"

// All lists every setting, in the order in which they are told.
func All() []Setting {
	all := make([]Setting, len(rows))
	for i := range rows {
		all[i] = rows[i].Setting
	}
	return all
}

func parseOpenOutputs(s *Settings, text string) error {
	s.OpenOutputs = nil
	for pattern := range strings.SplitSeq(text, ",") {
		pattern = strings.TrimSpace(pattern)
		if _, err := path.Match(pattern, ""); err != nil {
			return fmt.Errorf("%q is not a pattern", pattern)
		}
		if pattern != "" {
			s.OpenOutputs = append(s.OpenOutputs, pattern)
		}
	}
	return nil
}

func parseTable(s *Settings, text string) error {
	if s.Table = text; text == "" || isTable(text) {
		return nil // told already where it is required
	}
	return fmt.Errorf("%q is neither the name of a table nor arn:aws:dynamodb:<region>:<account>:table/<name>", text)
}

func parseBucket(s *Settings, text string) error {
	s.Bucket = text
	if _, err := place.ParseURI("s3://" + text + "/k"); err != nil || strings.Contains(text, "/") {
		return fmt.Errorf("%q is not the name of a bucket", text)
	}
	return nil
}

func parsePrefixes(s *Settings, text string) (err error) {
	s.Prefixes, err = place.ParsePrefixes(text, s.Bucket)
	return err
}

func parseAudience(s *Settings, text string) error {
	for one := range strings.SplitSeq(text, ",") {
		if one = strings.TrimSpace(one); one == "" {
			return errors.New("an audience is empty")
		}
		s.Audience = append(s.Audience, one)
	}
	return nil
}

// parseJWKS goes by the issuer where nothing is given.
func parseJWKS(s *Settings, text string) error {
	if text == "" {
		if s.Issuer == "" {
			return nil // told already where it is required
		}
		if checkURL(s.Issuer) != nil {
			return errors.New("is required where the issuer is no url")
		}
		text = strings.TrimSuffix(s.Issuer, "/") + "/.well-known/jwks.json"
	}
	s.JWKSURL = text
	if err := checkURL(text); err != nil {
		return err
	}
	if !encryptedOrLoopback(text) {
		return errors.New("must be https, or http on this machine: whoever changes the keys on their way signs tokens")
	}
	return nil
}

func parseEndpoint(s *Settings, text string) error {
	s.DynamoDBEndpoint = text
	if text == "" {
		return nil
	}
	return checkURL(text)
}

func parseQueue(s *Settings, text string) error {
	s.QueueURL = text
	if text == "" {
		return nil // told already where it is required
	}
	return checkURL(text)
}

func parseLevel(s *Settings, text string) error {
	switch strings.ToLower(text) {
	case "debug", "info", "warn", "error":
		return s.LogLevel.UnmarshalText([]byte(text))
	}
	return fmt.Errorf("%q is none of debug, info, warn, error", text)
}

func parseSample(s *Settings, text string) (err error) {
	if s.Sample, err = strconv.ParseBool(text); err != nil {
		return fmt.Errorf("%q is neither 1 nor 0", text)
	}
	return nil
}
