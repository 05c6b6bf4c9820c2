package s3_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"plumbline/internal/local/s3"
	"plumbline/internal/object"
)

func TestListFoldsAndPagesAtEverySize(t *testing.T) {
	t.Parallel()
	st := start(t, t.TempDir(), s3.Config{})
	for _, key := range []string{"a", "a/1", "a/2", "a/b/3", "ab", "b/1", "c", "gone", "z/"} {
		st.put(t, key, key)
	}
	if err := st.store.Delete(t.Context(), at("gone")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, prefix, delimiter string
		want                    []string
	}{
		{"all", "", "", []string{"a", "a/1", "a/2", "a/b/3", "ab", "b/1", "c", "z/"}},
		{"the first level", "", "/", []string{"a", "a/*", "ab", "b/*", "c", "z/*"}},
		{"a prefix within a segment", "a", "/", []string{"a", "a/*", "ab"}},
		{"below a folder", "a/", "/", []string{"a/1", "a/2", "a/b/*"}},
		{"a prefix without a delimiter", "a/", "", []string{"a/1", "a/2", "a/b/3"}},
		{"no such prefix", "nope", "/", nil},
	} {
		for size := int32(1); size <= 9; size++ {
			got := listed(t, st, c.prefix, c.delimiter, size)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s, by %d (-want +got):\n%s", c.name, size, diff)
			}
		}
	}
}

// listed gives keys and, marked with *, common prefixes, in the order of S3.
func listed(t *testing.T, st *stack, prefix, delimiter string, size int32) []string {
	t.Helper()
	input := &awss3.ListObjectsV2Input{Bucket: aws.String(bucket), Prefix: &prefix, MaxKeys: &size}
	if delimiter != "" {
		input.Delimiter = &delimiter
	}
	pages := awss3.NewListObjectsV2Paginator(st.client, input)
	var got []string
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n := len(page.Contents) + len(page.CommonPrefixes); n > int(size) {
			t.Fatalf("a page of %d, asked for %d", n, size)
		}
		got = append(got, merged(page)...)
	}
	return got
}

func merged(page *awss3.ListObjectsV2Output) []string {
	var got []string
	contents, prefixes := page.Contents, page.CommonPrefixes
	for len(contents)+len(prefixes) > 0 {
		if len(prefixes) == 0 || len(contents) > 0 && *contents[0].Key < *prefixes[0].Prefix {
			got, contents = append(got, *contents[0].Key), contents[1:]
			continue
		}
		got, prefixes = append(got, *prefixes[0].Prefix+"*"), prefixes[1:]
	}
	return got
}

func TestABucketIsDeletedOnlyWhenEmpty(t *testing.T) {
	t.Parallel()
	st := start(t, t.TempDir(), s3.Config{Buckets: []string{"second"}})
	info := st.put(t, "k", "x")
	_, err := st.client.DeleteBucket(t.Context(), &awss3.DeleteBucketInput{Bucket: aws.String(bucket)})
	if err == nil {
		t.Fatal("a bucket with an object was deleted")
	}
	_, err = st.client.DeleteObject(t.Context(), &awss3.DeleteObjectInput{
		Bucket: aws.String(bucket), Key: aws.String("k"), VersionId: &info.VersionID,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = st.client.DeleteBucket(t.Context(), &awss3.DeleteBucketInput{Bucket: aws.String(bucket)}); err != nil {
		t.Fatal(err)
	}
	buckets, err := st.client.ListBuckets(t.Context(), nil)
	if err != nil || len(buckets.Buckets) != 1 || *buckets.Buckets[0].Name != "second" {
		t.Errorf("buckets: %+v, %v", buckets, err)
	}
	if _, err = st.store.Head(t.Context(), at("k")); !errors.Is(err, object.ErrNotFound) {
		t.Errorf("head in a deleted bucket: %v", err)
	}
}
