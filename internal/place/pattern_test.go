package place_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/place"
)

func TestPattern(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, uri, prefix, single string
		match, not                []string
	}{
		{
			name: "one object", uri: "s3://bucket/prod/vpc.tfstate", prefix: "prod/", single: "prod/vpc.tfstate",
			match: []string{"prod/vpc.tfstate"}, not: []string{"prod/vpc.tfstate2", "vpc.tfstate"},
		},
		{
			name: "one object that a prefix would skip", uri: "s3://bucket/a.backup", single: "a.backup",
			match: []string{"a.backup"},
		},
		{
			name: "a folder", uri: "s3://bucket/prod/", prefix: "prod/",
			match: []string{"prod/a", "prod/a/b.tfstate"},
			not:   []string{"prod/", "prod/sub/", "prod/a.tflock", "prod/a.tfstate.backup", "production/a", "prod"},
		},
		{
			name: "the whole bucket", uri: "s3://bucket/",
			match: []string{"a", "a/b"}, not: []string{"a/"},
		},
		{
			name: "any depth", uri: "s3://bucket/states/**/*.tfstate", prefix: "states/",
			match: []string{"states/a.tfstate", "states/a/b/c.tfstate", "states/env:/ws/a b+c%.tfstate", "states/[x].tfstate"},
			not:   []string{"states2/a.tfstate", "states/a.json", "states/a.tfstate.tflock", "states/a.tfstate/"},
		},
		{
			name: "one segment", uri: "s3://bucket/states/*/terraform.tfstate", prefix: "states/",
			match: []string{"states/prod/terraform.tfstate"},
			not:   []string{"states/terraform.tfstate", "states/prod/eu/terraform.tfstate"},
		},
		{
			name: "a glob within a segment", uri: "s3://bucket/a/prod-*/x.tfstate", prefix: "a/",
			match: []string{"a/prod-eu/x.tfstate"}, not: []string{"a/dev-eu/x.tfstate"},
		},
		{
			name: "a glob in the first segment", uri: "s3://bucket/*.tfstate",
			match: []string{"a.tfstate"}, not: []string{"a/b.tfstate"},
		},
		{
			name: "alternatives", uri: "s3://bucket/{prod,dev}/v?c.tfstate",
			match: []string{"prod/vpc.tfstate", "dev/vxc.tfstate"}, not: []string{"test/vpc.tfstate"},
		},
		{
			name: "a folder below a glob", uri: "s3://bucket/*/states/",
			match: []string{"prod/states/a", "prod/states/a/b"}, not: []string{"states/a", "prod/states/"},
		},
		{
			name: "escapes", uri: `s3://bucket/x/a\[1\].tfstate`, prefix: "x/", single: "x/a[1].tfstate",
			match: []string{"x/a[1].tfstate"}, not: []string{"x/a1.tfstate"},
		},
		{
			name: "escapes before a glob", uri: `s3://bucket/a\*/b\{c/d*`, prefix: "a*/b{c/",
			match: []string{"a*/b{c/d", "a*/b{c/dx"}, not: []string{"ax/b{c/d", "a/bc/d"},
		},
		{
			name: "an escaped bracket begins no class", uri: `s3://bucket/*/a\[b\c`,
			match: []string{`x/a[b\c`}, not: []string{"x/a[bc"},
		},
		{
			name: "backslashes of Windows", uri: `s3://bucket/x/DEV\us-east-1\sns/terraform.tfstate`,
			prefix: `x/DEV\us-east-1\sns/`, single: `x/DEV\us-east-1\sns/terraform.tfstate`,
			match: []string{`x/DEV\us-east-1\sns/terraform.tfstate`}, not: []string{"x/DEVus-east-1sns/terraform.tfstate"},
		},
		{
			name: "backslashes beside a glob", uri: `s3://bucket/DEV\eu\sns/*.tfstate`, prefix: `DEV\eu\sns/`,
			match: []string{`DEV\eu\sns/a.tfstate`}, not: []string{"DEVeusns/a.tfstate"},
		},
		{
			name: "a backslash at the end", uri: `s3://bucket/a\`, single: `a\`,
		},
		{
			name: "a class keeps its own escapes", uri: `s3://bucket/[a\-c]/x`,
			match: []string{"a/x", "-/x"}, not: []string{"b/x", `\/x`},
		},
		{
			name: "a folder with backslashes", uri: `s3://bucket/DEV\eu/`, prefix: `DEV\eu/`,
			match: []string{`DEV\eu/a`},
		},
		{
			name: "a segment that is a dot", uri: "s3://bucket/./terraform.tfstate", prefix: "./", single: "./terraform.tfstate",
			match: []string{"./terraform.tfstate"}, not: []string{"terraform.tfstate"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pattern, err := place.ParsePattern(c.uri)
			if err != nil {
				t.Fatal(err)
			}
			at, _ := pattern.Single()
			got := []string{pattern.Bucket, pattern.Prefix, at.Key}
			if diff := cmp.Diff([]string{"bucket", c.prefix, c.single}, got); diff != "" {
				t.Errorf("bucket, prefix, single (-want +got):\n%s", diff)
			}
			for _, key := range c.match {
				if !pattern.Match(key) {
					t.Errorf("%q does not match", key)
				}
			}
			for _, key := range c.not {
				if pattern.Match(key) {
					t.Errorf("%q matches", key)
				}
			}
		})
	}
}

func TestParsePatternRefuses(t *testing.T) {
	t.Parallel()
	for uri, reason := range map[string]string{
		"s3://bucket":                    "the key is empty",
		"s3://buck*/a":                   "may not hold",
		"s3://bucket/a/[b":               "malformed",
		"s3://bucket/a/{b":               "malformed",
		"s3://bucket/**/../x":            `segment ".."`,
		"s3://bucket/k?versionId=abc":    "a query",
		"/var/states/*.tfstate":          "does not begin with",
		"s3://bucket/" + long(1025, "*"): "1025 bytes",
	} {
		_, err := place.ParsePattern(uri)
		if !errors.Is(err, place.ErrURI) || !strings.Contains(err.Error(), reason) {
			t.Errorf("ParsePattern(%q) = %v, want %q", uri, err, reason)
		}
	}
}

func long(n int, s string) string { return strings.Repeat(s, n) }
