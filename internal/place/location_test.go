package place_test

import (
	"errors"
	"strings"
	"testing"

	"plumbline/internal/place"
)

func TestParseURI(t *testing.T) {
	t.Parallel()
	for _, uri := range []string{
		"s3://bucket/key", "s3://my.bucket-1/env:/ws/prod/vpc.tfstate", "s3://bucket/a b+c%20d#e[1]*",
		"s3://bucket//leading/slash", "s3://bucket/./terraform.tfstate", `s3://bucket/DEV\eu\vpc`, "s3://bucket/käse", "s3://bucket/..a/b..", "s3://bucket/" + strings.Repeat("k", 1024),
	} {
		at, err := place.ParseURI(uri)
		if err != nil || at.URI() != uri {
			t.Errorf("ParseURI(%q) = %+v, %v", uri, at, err)
		}
	}
}

func TestParseURIRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, uri, reason string }{
		{"nothing", "", "does not begin with s3://"},
		{"another scheme", "https://bucket/key", "does not begin with s3://"},
		{"an upper case scheme", "S3://bucket/key", "does not begin with s3://"},
		{"a local path", "./states/prod.tfstate", "does not begin with s3://"},
		{"no bucket", "s3:///key", "the bucket is empty"},
		{"no key", "s3://bucket", "the key is empty"},
		{"an empty key", "s3://bucket/", "the key is empty"},
		{"a short bucket", "s3://ab/key", "3 to 63 characters"},
		{"a long bucket", "s3://" + strings.Repeat("b", 64) + "/key", "3 to 63 characters"},
		{"an upper case bucket", "s3://Bucket/key", `may not hold 'B'`},
		{"credentials in the bucket", "s3://user@bucket/key", `may not hold '@'`},
		{"a port in the bucket", "s3://bucket:80/key", `may not hold ':'`},
		{"a glob in the bucket", "s3://buck*/key", `may not hold '*'`},
		{"a hyphen first", "s3://-bucket/key", "begin and end with"},
		{"two dots", "s3://a..b/key", "two dots"},
		{"an address", "s3://192.168.5.4/key", "IP address"},
		{"a query", "s3://bucket/key?versionId=1", "a query is not allowed"},
		{"a parent segment", "s3://bucket/a/../b", `segment ".."`},
		{"a control character", "s3://bucket/a\nb", "control character"},
		{"invalid UTF-8", "s3://bucket/\xff", "UTF-8"},
		{"a long key", "s3://bucket/" + strings.Repeat("k", 1025), "1025 bytes"},
	} {
		_, err := place.ParseURI(c.uri)
		if !errors.Is(err, place.ErrURI) || !strings.Contains(err.Error(), c.reason) {
			t.Errorf("%s: ParseURI(%q) = %v, want %q", c.name, c.uri, err, c.reason)
		}
	}
}
