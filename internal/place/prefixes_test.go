package place_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/place"
)

func TestPrefixesMatchAtSlashes(t *testing.T) {
	t.Parallel()
	prefixes, err := place.ParsePrefixes(`{
		"acme":   ["s3://estate/states", "s3://estate/states/prod/", "s3://estate/one/vpc.tfstate"],
		"globex": [],
		"whole":  ["s3://estate", "s3://estate/deep/"]
	}`, "our-bucket")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, organisation, bucket, key string
		base                            string
		ok                              bool
	}{
		{"below a prefix", "acme", "estate", "states/x", "states", true},
		{"the folder itself, as a listing asks", "acme", "estate", "states/", "states", true},
		{"the longest prefix wins", "acme", "estate", "states/prod/vpc.tfstate", "states/prod", true},
		{"a sibling with the same beginning", "acme", "estate", "states2/x", "", false},
		{"a sibling of the longer one", "acme", "estate", "states/production/x", "states", true},
		{"a folder above", "acme", "estate", "", "", false},
		{"an object that is itself a prefix", "acme", "estate", "one/vpc.tfstate", "one", true},
		{"its lock is not", "acme", "estate", "one/vpc.tfstate.tflock", "", false},
		{"an object named as the folder", "acme", "estate", "states", "", true},
		{"a workspace of a prefix", "acme", "estate", "env:/dev/states/x", "states", true},
		{"a workspace of the longest prefix", "acme", "estate", "env:/dev/states/prod/x", "states/prod", true},
		{"a folder of a workspace", "acme", "estate", "env:/dev/states/", "states", true},
		{"a workspace of an object", "acme", "estate", "env:/dev/one/vpc.tfstate", "one", true},
		{"a workspace of a sibling", "acme", "estate", "env:/dev/states2/x", "", false},
		{"every workspace", "acme", "estate", "env:/", "", false},
		{"a workspace without a name", "acme", "estate", "env://states/x", "", false},
		{"a workspace that is a dot", "acme", "estate", "env:/./states/x", "", false},
		{"two workspaces", "acme", "estate", "env:/a/b/states/x", "", false},
		{"a workspace in a workspace", "acme", "estate", "env:/a/env:/b/states/x", "", false},
		{"a workspace elsewhere", "acme", "estate", "x/env:/dev/states/x", "", false},
		{"a workspace by default", "initech", "our-bucket", "env:/dev/initech/x", "initech", true},
		{"another's workspace by default", "initech", "our-bucket", "env:/dev/acme/x", "", false},
		{"another bucket", "acme", "other", "states/x", "", false},
		{"the own folder, for one that is listed", "acme", "our-bucket", "acme/x", "", false},
		{"nothing for an empty list", "globex", "our-bucket", "globex/x", "", false},
		{"a whole bucket", "whole", "estate", "any/thing", "", true},
		{"a whole bucket, listed", "whole", "estate", "", "", true},
		{"deeper in a whole bucket", "whole", "estate", "deep/x", "deep", true},
		{"the default of one that is not listed", "initech", "our-bucket", "initech/a/b", "initech", true},
		{"another's folder by default", "initech", "our-bucket", "acme/x", "", false},
		{"a longer name by default", "initech", "our-bucket", "initech2/x", "", false},
		{"no organisation", "", "our-bucket", "/x", "", false},
		{"an organisation with a slash", "acme/x", "our-bucket", "acme/x/y", "", false},
	} {
		base, ok := prefixes.Base(c.organisation, c.bucket, c.key)
		if base != c.base || ok != c.ok || prefixes.Allows(c.organisation, c.bucket, c.key) != c.ok {
			t.Errorf("%s: Base(%s, %s, %s) = %q, %v; want %q, %v",
				c.name, c.organisation, c.bucket, c.key, base, ok, c.base, c.ok)
		}
	}
}

func TestPrefixesRefuse(t *testing.T) {
	t.Parallel()
	for text, reason := range map[string]string{
		"[]":                            "nor a JSON object",
		`{"a": "s3://bucket/x"}`:        "not a JSON object",
		`{"a": [], "a": []}`:            "twice",
		`{"a": ["s3://bucket/x/*"]}`:    "may not hold globs",
		`{"a": ["s3://bucket/../x"]}`:   `segment ".."`,
		`{"a": ["https://bucket/x"]}`:   "does not begin with s3://",
		`{"a": ["x"], "b": ["s3://B"]}`: `of "a": invalid uri "x/": does not begin with s3://; of "b": `,
	} {
		_, err := place.ParsePrefixes(text, "our-bucket")
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("ParsePrefixes(%s) = %v, want %q", text, err, reason)
		}
	}
}

func TestNoPrefixesAllowNothing(t *testing.T) {
	t.Parallel()
	if (place.Prefixes{}).Allows("acme", "", "acme/x") {
		t.Error("the zero value allows something")
	}
}

func TestAPatternIsAllowedWhereAllOfItIs(t *testing.T) {
	t.Parallel()
	prefixes, err := place.ParsePrefixes(`{"acme": ["s3://estate/acme", "s3://estate/one/vpc.tfstate"]}`, "our-bucket")
	if err != nil {
		t.Fatal(err)
	}
	for uri, want := range map[string]bool{
		"s3://estate/acme/**/*.tfstate":              true,
		"s3://estate/acme*/x.tfstate":                false,
		"s3://estate/**/*.tfstate":                   false,
		"s3://estate/env:/dev/acme/":                 true,
		"s3://estate/env:/*/acme/":                   true,
		"s3://estate/env:/*/acme/**/*.tfstate":       true,
		"s3://estate/env:/prod-*/acme/net/x.tfstate": true,
		"s3://estate/env:/*/one/vpc.tfstate":         true,
		"s3://estate/env:/*/one/*.tfstate":           false,
		"s3://estate/env:/*/":                        false,
		"s3://estate/env:/*/globex/":                 false,
		"s3://estate/env:/*/acme*/":                  false,
		"s3://estate/env:/**/acme/":                  false,
		"s3://estate/env:/*/*/acme/":                 false,
		"s3://estate/env:/{a,b/globex}/acme/":        false,
		"s3://estate/*/dev/acme/":                    false,
		"s3://other/acme/":                           false,
	} {
		pattern, err := place.ParsePattern(uri)
		if err != nil {
			t.Fatal(err)
		}
		if got := prefixes.AllowsAll("acme", pattern); got != want {
			t.Errorf("%s: allowed %v, want %v", uri, got, want)
		}
	}
}

func TestPrefixesAreNamed(t *testing.T) {
	t.Parallel()
	prefixes, err := place.ParsePrefixes(`{"acme": ["s3://estate", "s3://estate/states"], "none": []}`, "our-bucket")
	if err != nil {
		t.Fatal(err)
	}
	for organisation, want := range map[string]string{
		"acme": "s3://estate/ s3://estate/states/", "none": "", "initech": "s3://our-bucket/initech/",
	} {
		if got := strings.Join(prefixes.URIs(organisation), " "); got != want {
			t.Errorf("%s: %q, want %q", organisation, got, want)
		}
	}
}

func TestAListOfPrefixesIsTheSameAsJSON(t *testing.T) {
	t.Parallel()
	for list, object := range map[string]string{
		"acme=s3://estate/states":                             `{"acme": ["s3://estate/states"]}`,
		" acme=s3://estate/states/, globex= ,acme=s3://other": `{"acme": ["s3://estate/states/", "s3://other"], "globex": []}`,
	} {
		got, err := place.ParsePrefixes(list, "our-bucket")
		if err != nil {
			t.Errorf("%s: %v", list, err)
		}
		want, err := place.ParsePrefixes(object, "our-bucket")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-JSON +list):\n%s", list, diff)
		}
	}
	for _, list := range []string{"acme", "=s3://estate", "acme=s3://estate,", "acme=https://x", "acme=s3://estate/*"} {
		if got, err := place.ParsePrefixes(list, "our-bucket"); err == nil {
			t.Errorf("%s: %+v", list, got)
		}
	}
}
